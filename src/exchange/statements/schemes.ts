import type { Facts } from "../../registry/people/commands.ts";
import { Person } from "../../registry/people/schema.ts";

type Body = Record<string, unknown>;

/** The scheme version in force, `rd@2008`, of each code: by `rd 102`. */
export type Schemes = ReadonlyMap<string, string>;

/** Names beside each classification of a person and the facts that come along the version in force; that the code stands, reading has settled. */
export function nameSchemes(body: Body, facts: Facts, schemes: Schemes): Body {
  nameIn(Person, body, schemes);
  for (const [member, { noun }] of Object.entries(facts)) for (const fact of (body[member] ?? []) as Body[]) nameIn(noun, fact, schemes);
  return body;
}

function nameIn({ fields }: Facts[string]["noun"], body: Body, schemes: Schemes): void {
  for (const [member, field] of Object.entries(fields)) {
    if (field.kind !== "classification" || !body[member]) continue;
    const version = schemes.get(`${field.scheme} ${body[member] as string}`);
    if (version !== undefined) body[`${member}_scheme`] = version;
  }
}

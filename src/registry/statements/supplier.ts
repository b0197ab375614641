import type { Violation } from "../../core/problems.ts";
import type { Context } from "../../db/query/source.ts";
import type { Facts } from "../people/commands.ts";

type Body = Record<string, unknown>;
type Stated = { organization_id?: string | null; received_on?: string | null; document?: string | null };

/** Whose number an identifier is: the organization's code, null for a scheme that belongs to nobody. */
export const ownerOf = (scheme: string): string | null => (scheme.startsWith("local:") ? scheme.slice("local:".length) : null);

/**
 * On whose behalf a whole person is stated: whose number it is, else whom the body names as source, else the token's only unit.
 * The facts of the body are stated by the same: a supplier speaks for itself alone.
 */
export function supplierOf(
  body: Body,
  owner: { code: string; id: string | null } | null,
  { actor }: Context,
  facts: Facts,
): { supplier: string | null; violations: Violation[] } {
  const stated = sourceIn(body);
  const own = actor.org?.length === 1 ? actor.org[0]! : null;
  const supplier = owner ? owner.id : (stated?.organization_id ?? own);
  if (owner && owner.id === null) {
    const detail = { vi: `Không có đơn vị nào mang mã ${owner.code}.`, en: `No organization has the code ${owner.code}.` };
    return { supplier, violations: [{ code: "unknown-code", parameter: "scheme", detail }] };
  }
  const pointer = "/source/organization_id";
  if (supplier === null) {
    const detail = { vi: "Hãy nêu đơn vị cung cấp.", en: "Name the organization that states this." };
    return { supplier, violations: [{ code: "validation-failed", pointer, detail }] };
  }
  const detail = { vi: "Một đơn vị chỉ khai thay cho chính mình.", en: "A supplier states for itself alone." };
  const other = (one: Body) => (sourceIn(one)?.organization_id ?? supplier) !== supplier;
  const elsewhere = Object.keys(facts).flatMap((member) =>
    ((body[member] ?? []) as Body[]).flatMap((fact, i) => (other(fact) ? [`/${member}/${i}${pointer}`] : [])),
  );
  const wrong = [...(other(body) ? [pointer] : []), ...elsewhere];
  return { supplier, violations: wrong.map((at) => ({ code: "validation-failed", pointer: at, detail })) };
}

/** A body whose statements all name their supplier; what a fact does not say of its source is what the body says of its own. */
export function inNameOf(supplier: string, body: Body, facts: Facts): Body {
  const source = { ...sourceIn(body), organization_id: supplier };
  const named = Object.keys(facts).flatMap((member) =>
    member in body
      ? [[member, (body[member] as Body[]).map((fact) => ({ ...fact, source: { ...source, ...present(sourceIn(fact)) } }))]]
      : [],
  );
  return { ...body, source, ...(Object.fromEntries(named) as Body) };
}

const sourceIn = (body: Body): Stated | null => (body["source"] as Stated | null | undefined) ?? null;
const present = (stated: Stated | null): Stated =>
  Object.fromEntries(Object.entries(stated ?? {}).filter(([, value]) => value !== null && value !== undefined));

import { opening } from "../../core/policy.ts";
import { unseal } from "../../core/secrets/sealing.ts";
import type { Context, Source } from "../../db/query/source.ts";

/**
 * Opens the sealed values in JSON text (one record or records joined by commas) for an actor who may read them; others' text holds none.
 * The database never has the key, so this is the one place where rows are rebuilt in JavaScript.
 */
export function openSeals(text: string, source: Source, context: Context): string {
  const people = context.catalog["people"]!.noun;
  const sealed = Object.entries(people.fields).filter(([, field]) => field.kind === "sealed" && opening(people, field, context.actor).open);
  if (sealed.length === 0 || !sealed.some(([member]) => text.includes(`"${member}"`))) return text;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== "object") return value;
    const record = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
    for (const [member] of sealed) {
      const bytes = record[member];
      if (typeof bytes === "string" && typeof record["id"] === "string") {
        record[member] = unseal(context.keys, Buffer.from(bytes, "base64"), `people.${member}:${record["id"]}`);
      }
    }
    return record;
  };
  return JSON.stringify(walk(JSON.parse(`[${text}]`))).slice(1, -1);
}

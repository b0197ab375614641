import type { Noun } from "../../core/registry/noun.ts";
import { check, foreignKey, index, sql } from "./drizzle.ts";
import type { AnyPgColumn, PgTableExtraConfigValue } from "./drizzle.ts";

type Table = Record<string, AnyPgColumn>;

/** What the fields of a noun promise, as CHECK constraints: closed lists, and spans of days that do not run backwards. */
export function checksOf(noun: Noun): PgTableExtraConfigValue[] {
  return Object.entries(noun.fields).flatMap(([member, field]) => {
    if (!field.stored) return [];
    if (field.kind === "choice" && "options" in field.type) {
      const values = sql.raw((field.type.options as string[]).map((value) => `'${value}'`).join(", "));
      return [check(`${noun.table}_${member}_listed`, sql`${sql.raw(`"${member}"`)} in (${values})`)];
    }
    if (field.kind === "partial_date") {
      const [earliest, latest] = [sql.raw(`"${member}_earliest"`), sql.raw(`"${member}_latest"`)];
      return [check(`${noun.table}_${member}_span`, sql`${earliest} <= ${latest} and (${earliest} is null) = (${latest} is null)`)];
    }
    return [];
  });
}

/** A foreign key with its index, named by hand: `affiliations_organization_id_fkey` and `affiliations_organization_id_index`. */
export function pointsAt(noun: Pick<Noun, "table">, table: Table, column: string, target: () => AnyPgColumn): PgTableExtraConfigValue[] {
  return [
    foreignKey({ name: `${noun.table}_${column}_fkey`, columns: [table[column]!], foreignColumns: [target()] }),
    index(`${noun.table}_${column}_index`).on(table[column]!),
  ];
}

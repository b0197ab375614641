import { isGuarded } from "../../../src/core/policy.ts";
import { columnsOf } from "../../../src/db/tables/columns.ts";
import { catalog } from "../../../src/nouns.ts";
import type { Registry } from "../../setup/registry.ts";

/** Every field of people that is read for a stated purpose only. */
export const GUARDED = Object.values(catalog).flatMap(({ noun }) =>
  Object.entries(noun.fields).flatMap(([member, field]) => (isGuarded(noun, field) ? [{ noun, member, field }] : [])),
);

const OTHERS: Record<string, string> = {
  residence_text: "'elsewhere'",
  old_id_number: "'987654321'",
  phones: "'{+84999999999}'",
  emails: "'{other@example.vn}'",
  ethnicity: "'02'",
  certificate_no: "'OTHER'",
  citizen_id_sealed: "'\\x00'::bytea",
  citizen_id_hash: "'\\x01'::bytea || uuid_send(id)",
};

/** Gives every record other guarded values, past the history and the versions. */
export async function exchange(registry: Pick<Registry, "sql">): Promise<void> {
  for (const table of new Set(GUARDED.map(({ noun }) => noun.table))) {
    const fields = Object.fromEntries(GUARDED.filter(({ noun }) => noun.table === table).map(({ member, field }) => [member, field]));
    const noun = catalog[table]!.noun;
    const columns = Object.keys(columnsOf({ ...noun, fields })).filter((column) => column in OTHERS);
    await registry.sql(`alter table ${table} disable trigger user`);
    await registry.sql(`update ${table} set ${columns.map((column) => `${column} = ${OTHERS[column]}`).join(", ")}`);
    await registry.sql(`alter table ${table} enable trigger user`);
    await registry.sql("alter table revisions disable trigger user");
    const kept = columns
      .filter((column) => !column.startsWith("citizen"))
      .map((column) => `'${column}', ${OTHERS[column]}${/^(phones|emails)$/.test(column) ? "::text[]" : "::text"}`);
    await registry.sql(`update revisions set "row" = "row" || jsonb_build_object(${kept.join(", ")}) where noun = '${table}'`);
  }
}

import type { Client } from "pg";
import { refusal } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import { stableId } from "./ids.ts";
import { fieldTree } from "./tree.ts";
import { writeRows, writeTree } from "./write.ts";
import type { Outcome } from "./write.ts";

/** Loads every version of the classifications, with their trees and what stands for what between them. */
export async function loadFields(client: Client, data: Dataset): Promise<Outcome[]> {
  const rows = data.fields.map(({ version, level, ...row }) => {
    return { id: stableId("field", row.scheme, version, row.code), ...row, scheme_version: version, level: Number(level) };
  });
  const crosswalk = data.field_crosswalk.map((row) => {
    const key = [row.from_scheme, row.from_version, row.from_code, row.to_scheme, row.to_version, row.to_code];
    return { id: stableId("field-crosswalk", ...key), ...row };
  });
  const outcomes = [await writeRows(client, "fields", rows), await writeRows(client, "field_crosswalk", crosswalk)];
  const { rows: all } = await client.query<(typeof rows)[number]>("select scheme, scheme_version, code, parent_code from fields");
  await writeTree(client, "field_tree", "text", fieldTree(all));
  return outcomes;
}

/** Loads every version of the code lists, and their codes. */
export async function loadCodeLists(client: Client, data: Dataset): Promise<Outcome[]> {
  const lists = data.code_lists.map(({ version, ...row }) => ({
    id: stableId("code-list", row.list, version),
    ...row,
    list_version: version,
  }));
  const known = new Set(lists.map(({ id }) => id));
  const codes = data.codes.map(({ version, rank, attributes, ...row }) => {
    if (!known.has(stableId("code-list", row.list, version))) {
      const named = `${row.list} ${version}`;
      throw refusal("codes.csv", `${named} không có trong code_lists.csv`, `${named} is not in code_lists.csv`);
    }
    const id = stableId("code", row.list, version, row.code);
    return { id, ...row, list_version: version, rank: rank === null ? null : Number(rank), attributes: attributesOf(row.code, attributes) };
  });
  return [await writeRows(client, "code_lists", lists), await writeRows(client, "codes", codes)];
}

function attributesOf(code: string, cell: string | null): unknown {
  try {
    return JSON.parse(cell ?? "{}");
  } catch (error) {
    throw refusal("codes.csv", `${code}: ô attributes không phải JSON`, `${code}: the cell attributes is not JSON`, error);
  }
}

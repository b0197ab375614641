import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { StartError } from "../../db/start-error.ts";

/** The columns of each file, those that are never empty first. */
const COLUMNS = {
  localities: [
    ["code", "kind", "type", "name", "full_name"],
    ["parent_code", "parent_valid_from", "valid_from", "valid_to"],
  ],
  locality_lineage: [
    ["predecessor_code", "successor_code", "kind", "effective_on"],
    ["predecessor_valid_from", "successor_valid_from", "share", "document"],
  ],
  fields: [
    ["scheme", "version", "code", "level"],
    ["parent_code", "vi", "en"],
  ],
  field_crosswalk: [["from_scheme", "from_version", "from_code", "to_scheme", "to_version", "to_code"], []],
  code_lists: [
    ["list", "version"],
    ["valid_from", "valid_to", "vi", "en", "document"],
  ],
  codes: [
    ["list", "version", "code"],
    ["vi", "en", "rank", "attributes"],
  ],
  organizations: [
    ["code", "vi", "kind", "status"],
    ["en", "short", "valid_from", "valid_to", "parent_code", "locality_code", "electronic_id", "moet_code", "website"],
  ],
  organization_lineage: [["predecessor_code", "successor_code", "kind", "effective_on"], ["document"]],
} as const;

type Lists = typeof COLUMNS;
/** One row of a file; an empty cell is null. */
export type Row<List extends keyof Lists> = Record<Lists[List][0][number], string> & Record<Lists[List][1][number], string | null>;
/** All files of `reference/`. */
export type Dataset = { [List in keyof Lists]: Row<List>[] };

/** Where the reference data of this version lie. */
export const FOLDER = join(import.meta.dirname, "../../../reference");

/**
 * Names the files of a folder and the code that loads them: it changes when either does.
 * @throws StartError when there is no such folder
 */
export function digestOf(folder: string): string {
  const hash = createHash("sha256");
  try {
    for (const from of [folder, import.meta.dirname]) {
      const files = readdirSync(from).filter((name) => /\.(csv|ts|js)$/.test(name));
      for (const file of files.sort()) hash.update(readFileSync(join(from, file)));
    }
  } catch (error) {
    throw refusal(folder, "không đọc được thư mục", "the folder cannot be read", error);
  }
  return hash.digest("hex");
}

/**
 * Reads the CSV files of a folder.
 * @throws StartError naming the file, and the line and column where a cell is missing
 */
export function readDataset(folder: string): Dataset {
  const lists = Object.keys(COLUMNS) as (keyof Lists)[];
  return Object.fromEntries(lists.map((list) => [list, readList(folder, list)])) as Dataset;
}

function readList(folder: string, list: keyof Lists): Record<string, string | null>[] {
  const file = join(folder, `${list}.csv`);
  const [header = [], ...lines] = cellsOf(file);
  const [required, optional]: readonly [readonly string[], readonly string[]] = COLUMNS[list];
  const columns = [...required, ...optional].map((column) => [column, header.indexOf(column)] as const);
  const missing = columns.find(([, at]) => at < 0);
  if (missing) throw refusal(file, `thiếu cột ${missing[0]}`, `has no column ${missing[0]}`);
  return lines.map((cells, i) => {
    const row: Record<string, string | null> = {};
    for (const [column, at] of columns) row[column] = cells[at] || null;
    const empty = required.find((column) => row[column] === null);
    if (empty !== undefined) throw refusal(file, `dòng ${i + 2}: ô ${empty} trống`, `line ${i + 2}: the cell ${empty} is empty`);
    return row;
  });
}

function cellsOf(file: string): string[][] {
  try {
    const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
    // The two long files quote nothing: splitting them takes a tenth of the parser's time.
    if (text.includes('"')) return parse(text, { skip_empty_lines: true });
    return text.split(/\r?\n/).flatMap((line) => (line === "" ? [] : [line.split(",")]));
  } catch (error) {
    throw refusal(file, "không đọc được", "cannot be read", error);
  }
}

/** What stops a load: something in the file that does not fit. */
export function refusal(file: string, vi: string, en: string, cause?: unknown): StartError {
  return new StartError({ vi: `Dữ liệu danh mục ${file}: ${vi}.`, en: `Reference data ${file}: ${en}.` }, cause);
}

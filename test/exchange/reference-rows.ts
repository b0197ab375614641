import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { ReferenceRows } from "../../src/exchange/cells/reference.ts";

type Row = Record<string, string | null>;

function rows(file: string): Row[] {
  const text = readFileSync(new URL(`../../reference/${file}.csv`, import.meta.url));
  return parse(text, { columns: true, cast: (value, { header }) => (header || value !== "" ? value : null) });
}

/** The reference as the service is born with it, as plain rows. */
export function referenceRows(): ReferenceRows {
  return {
    home: "24",
    localities: rows("localities") as unknown as ReferenceRows["localities"],
    lineage: rows("locality_lineage") as unknown as ReferenceRows["lineage"],
    organizations: rows("organizations") as unknown as ReferenceRows["organizations"],
    fields: rows("fields").map((row) => ({ ...row, level: Number(row["level"]) })) as unknown as ReferenceRows["fields"],
    codes: rows("codes").map((row) => ({
      ...row,
      attributes: row["attributes"] ? (JSON.parse(row["attributes"]) as Record<string, unknown>) : null,
    })) as unknown as ReferenceRows["codes"],
  };
}

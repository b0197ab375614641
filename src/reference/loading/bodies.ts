import type { Client } from "pg";
import { days, isPartialDate } from "../../core/time/partial-date.ts";
import { refusal } from "./dataset.ts";
import type { Dataset, Row } from "./dataset.ts";
import { stableId } from "./ids.ts";
import { localityId, stands } from "./territory.ts";
import { writeRows } from "./write.ts";
import type { Outcome } from "./write.ts";

/**
 * Loads the organizations and what became of them.
 * People own the organizations too: one that they made under a code of the file, or changed since the last load, stays as it is.
 */
export async function loadBodies(client: Client, data: Dataset, today: string): Promise<Outcome[]> {
  const codes = data.organizations.map(({ code }) => code);
  const { rows: standing } = await client.query<{ code: string; id: string }>("select code, id from organizations where code = any ($1)", [
    codes,
  ]);
  const taken = new Map(standing.map(({ code, id }) => [code, id]));
  const ids = new Map(codes.map((code) => [code, taken.get(code) ?? stableId("organization", code)]));
  const idOf = (code: string, file: string): string => {
    const id = ids.get(code);
    if (id === undefined) throw refusal(file, `${code} không có trong organizations.csv`, `${code} is not in organizations.csv`);
    return id;
  };
  const ours = data.organizations.filter(({ code }) => ids.get(code) === stableId("organization", code));
  const bodies = await writeRows(
    client,
    "organizations",
    ours.map((row) => bodyRow(row, data, idOf, today)),
    true,
  );
  const links = data.organization_lineage.map(({ predecessor_code, successor_code, kind, effective_on, document }) => {
    const [from_id, to_id] = [idOf(predecessor_code, "organization_lineage.csv"), idOf(successor_code, "organization_lineage.csv")];
    return {
      id: stableId("organization-link", predecessor_code, successor_code, kind),
      from_id,
      to_id,
      kind,
      valid_from: effective_on,
      document,
    };
  });
  const linked = await writeRows(client, "organization_links", links, true);
  if (bodies.inserted + bodies.changed + linked.inserted + linked.changed > 0) await client.query("select rebuild_organization_tree()");
  return [{ ...bodies, kept: bodies.kept + codes.length - ours.length }, linked];
}

function bodyRow(row: Row<"organizations">, { localities }: Dataset, idOf: (code: string, file: string) => string, today: string) {
  return {
    id: idOf(row.code, "organizations.csv"),
    code: row.code,
    name: row.vi,
    name_en: row.en,
    short_name: row.short,
    kind: row.kind,
    status: row.status,
    locality_id: placeOf(row, localities, today),
    parent_id: row.parent_code === null ? null : idOf(row.parent_code, "organizations.csv"),
    electronic_id: row.electronic_id,
    training_institution_code: row.moet_code,
    website: row.website,
    ...span(row, "valid_from"),
    ...span(row, "valid_to"),
  };
}

// A code is read on the body's own days: 27 is the province of before for a body that ended before the provinces merged.
function placeOf(row: Row<"organizations">, localities: Dataset["localities"], today: string): string | null {
  if (row.locality_code === null) return null;
  const day = row.valid_to === null ? today : (span(row, "valid_to")["valid_to_latest"] ?? today);
  const place = localities.find((one) => one.code === row.locality_code && stands(one, day));
  if (place) return localityId(place.code, place.valid_from);
  throw refusal(
    "organizations.csv",
    `${row.code}: không có địa bàn ${row.locality_code} vào ngày ${day}`,
    `${row.code}: no locality ${row.locality_code} on ${day}`,
  );
}

function span(row: Row<"organizations">, member: "valid_from" | "valid_to"): Record<string, string | null> {
  const partial = row[member];
  if (partial !== null && !isPartialDate(partial)) {
    throw refusal("organizations.csv", `${row.code}: ${partial} không phải ngày`, `${row.code}: ${partial} is not a date`);
  }
  const { earliest, latest } = partial === null ? { earliest: null, latest: null } : days(partial);
  return { [`${member}_earliest`]: earliest, [`${member}_latest`]: latest };
}

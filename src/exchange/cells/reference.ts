import type { LineageRow, LocalityRow, PlaceIndex } from "./places.ts";
import { buildPlaces } from "./places.ts";
import type { CodeRow, SpellingIndex } from "./spellings.ts";
import { buildSpellings } from "./spellings.ts";
import type { FieldRow, StudyIndex } from "./studies.ts";
import { buildStudies } from "./studies.ts";
import type { OrganizationRow, UnitIndex } from "./units.ts";
import { buildUnits } from "./units.ts";

/** The reference rows that cells are read against, plain enough to be sent to a worker; `home` is the code of the registry's province. */
export type ReferenceRows = {
  home: string;
  localities: LocalityRow[];
  lineage: LineageRow[];
  organizations: OrganizationRow[];
  fields: FieldRow[];
  codes: CodeRow[];
};

/** The indexes that reading a cell asks. */
export type Reference = { home: string; places: PlaceIndex; units: UnitIndex; spellings: SpellingIndex; studies: StudyIndex };

/** The indexes over the reference rows. */
export function buildReference(rows: ReferenceRows): Reference {
  const places = buildPlaces(rows.localities, rows.lineage, rows.home);
  return {
    home: rows.home,
    places,
    units: buildUnits(rows.organizations, [...new Set(places.home.map((node) => node.row.name))]),
    spellings: buildSpellings(rows.codes),
    studies: buildStudies(rows.fields),
  };
}

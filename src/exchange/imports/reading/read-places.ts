import { clean } from "../../../core/vietnamese/text.ts";
import type { FoundPlace } from "../../cells/addresses.ts";
import { findPlace } from "../../cells/addresses.ts";
import { isBlank, textOf } from "../../cells/cell.ts";
import { readCountry } from "../../cells/countries.ts";
import { isToday, placeOf, todayOf } from "../../cells/places.ts";
import type { CheckOptions, RowCells } from "../check.ts";
import type { Column } from "../mapping.ts";
import type { ReadPerson } from "./person.ts";

type Places = Pick<
  ReadPerson,
  "hometown_text" | "hometown_locality" | "hometown_locality_today" | "residence_text" | "residence_locality" | "residence_group"
>;

/** Hometown and residence of a row: a hometown stays the unit as written, a residence becomes the commune of today. */
export function readPlaces(row: RowCells, options: CheckOptions): Places {
  const places: Places = {
    hometown_text: null,
    hometown_locality: null,
    hometown_locality_today: null,
    residence_text: null,
    residence_locality: null,
    residence_group: null,
  };
  const hometown = written(row, "people.hometown_text");
  if (hometown) {
    places.hometown_text = hometown.text;
    const found = find(hometown, options);
    report(row, found, hometown.column);
    if (found.node) {
      places.hometown_locality = placeOf(found.node);
      const today = todayOf(found.node);
      if (today.length === 1) places.hometown_locality_today = placeOf(today[0]!);
      else if (found.node.row.kind === "commune") row.report("place-split", hometown.column);
    }
  }
  const residence = written(row, "people.residence_text");
  if (!residence) return places;
  places.residence_text = residence.text;
  if (readCountry(residence.text.split(/[,;-]/).at(-1) ?? "") !== null && !/việt nam|^vn$/iu.test(residence.text)) {
    places.residence_group = "overseas";
    return places;
  }
  const found = find(residence, options);
  report(row, found, residence.column);
  const today = found.node ? todayOf(found.node) : [];
  const province = found.province && todayOf(found.province)[0];
  if (province) places.residence_group = province.row.code === options.reference.home ? "in_province" : "other_province";
  if (today.length === 1 && today[0]!.row.kind === "commune") places.residence_locality = placeOf(today[0]!);
  else if (found.node?.row.kind === "commune" && !isToday(found.node)) row.report("place-split", residence.column);
  return places;
}

function report(row: RowCells, found: FoundPlace, column: Column): void {
  if (found.fault) row.report(`place-${found.fault}`, column);
}

function written(row: RowCells, base: "people.hometown_text" | "people.residence_text"): { text: string; column: Column } | null {
  const parts: string[] = [];
  let column: Column | undefined;
  const words = { commune: "", district: "", province: "tỉnh " } as const;
  const [whole] = row.columns(base);
  if (whole && !isBlank(row.cell(whole))) {
    parts.push(textOf(row.cell(whole)));
    column = whole;
  }
  for (const level of ["commune", "district", "province"] as const) {
    const [own] = row.columns(`${base}.${level}`);
    if (!own || isBlank(row.cell(own))) continue;
    const text = textOf(row.cell(own));
    parts.push(
      level === "province" &&
        !/^(?:tỉnh|thành phố|tp|t\.)/iu.test(text) &&
        !/^(?:hà nội|hải phòng|đà nẵng|huế|cần thơ|hồ chí minh)/iu.test(text)
        ? words.province + text
        : text,
    );
    column ??= own;
  }
  return column ? { text: clean(parts.join(", ")), column } : null;
}

function find({ text, column }: { text: string; column: Column }, options: CheckOptions): FoundPlace {
  const { places } = options.reference;
  const former = (column.shares.former ?? 0) >= 0.25;
  const key = former ? `former ${text}` : text;
  const kept = places.found.get(key);
  if (kept) return kept;
  const found = findPlace(places, text, former);
  places.found.set(key, found);
  return found;
}

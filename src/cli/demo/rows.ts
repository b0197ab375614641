import { personCode } from "../../core/check-characters.ts";
import { lookupHash, seal, type Keys } from "../../core/secrets/sealing.ts";
import { foldSearch } from "../../core/vietnamese/text.ts";
import type { Span } from "./person/days.ts";
import type { Draft } from "./person/population.ts";
import { idOf, Random } from "./random.ts";
import type { World } from "./world/world.ts";

/** A table with its columns and its rows in the text format of COPY. */
export type Sheet = { table: string; columns: readonly string[]; lines: string[] };

/** What every row needs to know of the run. */
export type Stamp = { seed: number; document: string; keys: Keys };

const FACT = [
  "id", "person_id", "origin_person_id", "source_organization_id", "source_received_on", "source_document", "verification",
  "valid_from_earliest", "valid_from_latest", "valid_to_earliest", "valid_to_latest", "ended",
]; // prettier-ignore
const COLUMNS = {
  people: [
    "id", "code", "name_full", "name_family", "name_middle", "name_given", "name_folded", "gender", "birth_date_earliest", "birth_date_latest",
    "citizen_id_sealed", "citizen_id_hash", "old_id_number", "nationality", "hometown_locality_id", "hometown_text", "residence_locality_id",
    "residence_text", "residence_group", "phones", "emails", "identifiers", "keywords", "record_state", "life_status", "died_on_earliest", "died_on_latest",
    "willing_to_advise", "source_organization_id", "source_received_on", "source_document",
  ],
  person_identifiers: ["id", "person_id", "origin_person_id", "scheme", "value", "source_organization_id"],
  degrees: [
    ...FACT, "level", "level_scheme", "training_field", "training_field_scheme", "major_text", "institution_id", "institution_text", "country",
    "mode", "studied_from_earliest", "studied_from_latest", "graduation_year", "certificate_no", "recognition",
  ],
  academic_titles: [...FACT, "title", "title_scheme", "field", "field_scheme", "year", "decision"],
  affiliations: [...FACT, "kind", "organization_id", "organization_text", "post", "grade", "grade_scheme", "regime", "is_primary"],
  expertise: [...FACT, "field", "field_scheme", "field_text", "role", "sector", "sector_scheme"],
  awards: [...FACT, "award", "award_scheme", "year", "issuer"],
} as const; // prettier-ignore
type Table = keyof typeof COLUMNS;

// 2026-06-30T00:00:00Z: every person has a millisecond of his own, in the order of the population.
const EPOCH = 1_782_777_600_000;
const IDS = 9;

/** The id of the person at an index of a seed's population. */
export const personId = (seed: number, index: number): string => idOf(new Random(seed, index, IDS), EPOCH + index);

/** The rows of some people and all their facts; `numbers` are those of their codes, in the same order. */
export function sheetsOf(world: World, people: readonly Draft[], numbers: readonly number[], stamp: Stamp): Sheet[] {
  const sheets = Object.fromEntries(
    Object.entries(COLUMNS).map(([table, columns]) => [table, { table, columns, lines: [] as string[] }]),
  ) as unknown as Record<Table, Sheet>;
  people.forEach((person, i) => addRows(sheets, world, person, numbers[i]!, stamp));
  return Object.values(sheets).filter(({ lines }) => lines.length > 0);
}

function addRows(sheets: Record<Table, Sheet>, world: World, person: Draft, number: number, stamp: Stamp): void {
  const random = new Random(stamp.seed, person.index, IDS);
  const time = EPOCH + person.index;
  const id = idOf(random, time);
  const { supplier } = world.units;
  const { schemes } = world.fields;
  const add = (table: Table, values: readonly Value[]): void => void sheets[table].lines.push(line(values));
  const fact = (table: Table, from: Span | null, to: Span | null, ended: boolean | null, own: readonly Value[]): void => {
    const source = [idOf(random, time), id, id, supplier, person.receivedOn, stamp.document, person.verification];
    add(table, [...source, ...(from ?? NO_SPAN), ...(to ?? NO_SPAN), ended, ...own]);
  };
  add("people", personRow(person, id, number, supplier, stamp));
  if (person.orcid !== null) add("person_identifiers", [idOf(random, time), id, id, "orcid", person.orcid, supplier]);
  for (const degree of person.degrees) {
    const { level, training, institution, institution_text, country, mode, year, studied_from: began, certificate_no, conferred } = degree;
    const studied = began === null ? NO_SPAN : [`${began}-01-01`, `${began}-12-31`];
    fact("degrees", conferred, null, null, [
      level, schemes["degree-levels"]!, training?.code ?? null, training ? schemes["training"]! : null, training?.vi ?? null,
      institution?.id ?? null, institution_text, country, mode, ...studied, year, certificate_no, country === "VN" ? "not_needed" : "recognised",
    ]); // prettier-ignore
  }
  for (const { title, field, year, decision } of person.titles) {
    fact("academic_titles", null, null, null, [title, schemes["academic-titles"]!, field.code, schemes["rd"]!, year, decision]);
  }
  for (const { kind, unit, text, post, grade, regime, primary, from, to, ended } of person.posts) {
    const scheme = grade === null ? null : schemes["civil-service-grades"]!;
    fact("affiliations", from, to, ended, [kind, unit?.id ?? null, text, post, grade, scheme, regime, primary]);
  }
  for (const { field, role, sector, text } of person.expertise) {
    fact("expertise", null, null, null, [field.code, schemes["rd"]!, text, role, sector, schemes["sector"]!]);
  }
  for (const { award, year, issuer } of person.awards) fact("awards", null, null, null, [award, schemes["awards"]!, year, issuer]);
}

function personRow(person: Draft, id: string, number: number, supplier: string, { keys, document }: Stamp): Value[] {
  const { name, citizenId } = person;
  return [
    id, personCode(number), name.full, name.family, name.middle, name.given, foldSearch(name.full), person.gender, ...(person.birth ?? NO_SPAN),
    citizenId && seal(keys, citizenId, `people.citizen_id:${id}`), citizenId && lookupHash(keys, "citizen_id", citizenId), person.oldId, "VN",
    person.hometown?.id ?? null, person.hometownText, person.residence?.id ?? null, person.residenceText, person.group,
    person.phones, person.emails, identifiersOf(person), person.keywords, person.state, person.life, ...(person.diedOn ?? NO_SPAN), person.willing,
    supplier, person.receivedOn, document,
  ]; // prettier-ignore
}

/** The list as the record shows it; the rows of `person_identifiers`, by which it is looked up, are equal to it. */
const identifiersOf = ({ orcid }: Draft): string => JSON.stringify(orcid === null ? [] : [{ scheme: "orcid", value: orcid }]);

const NO_SPAN = [null, null] as const;
type Value = string | number | boolean | Buffer | readonly string[] | null;

/** One row as COPY reads it: tabs between, \N for null. */
function line(values: readonly Value[]): string {
  let text = "";
  for (let i = 0; i < values.length; i++) text += i === 0 ? cell(values[i]!) : `\t${cell(values[i]!)}`;
  return text;
}

function cell(value: Value): string {
  if (value === null) return "\\N";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "number") return String(value);
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  return escaped(`{${value.map((one) => `"${one.replace(/["\\]/g, "\\$&")}"`).join(",")}}`);
}

const escaped = (text: string): string => (/[\\\t\n\r]/.test(text) ? text.replaceAll("\\", "\\\\").replace(/[\t\n\r]/g, " ") : text);

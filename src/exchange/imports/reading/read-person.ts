import { isOrcid } from "../../../core/check-characters.ts";
import { splitName, stripTitles } from "../../../core/vietnamese/names.ts";
import { clean, fold } from "../../../core/vietnamese/text.ts";
import { isBlank } from "../../cells/cell.ts";
import { readCountry } from "../../cells/countries.ts";
import { readEmails, readPhones } from "../../cells/contacts.ts";
import { readIdentity, readOldId } from "../../cells/identity.ts";
import { readEthnicity } from "../../cells/spellings.ts";
import { isShouted } from "../../sheets/legacy-charsets.ts";
import type { CheckOptions, RowCells } from "../check.ts";
import type { Column } from "../mapping.ts";
import { nameText } from "./content.ts";
import { readBirth } from "./read-birth.ts";
import { readFacts } from "./read-facts.ts";
import { readPlaces } from "./read-places.ts";
import type { ReadPerson } from "./person.ts";

/** One person's row read whole: every value normalised, every doubt reported by its cell. */
export function readPerson(row: RowCells, options: CheckOptions): ReadPerson {
  const { name, titles } = readName(row);
  const birth = readBirth(row, options);
  const read: ReadPerson = {
    name,
    ...birth,
    citizen_id: null,
    old_id_number: null,
    nationality: null,
    ethnicity: null,
    ...readPlaces(row, options),
    phones: [],
    emails: [],
    identifiers: [],
    life_status: null,
    ...readFacts(row, titles, birth.birth_year, options),
  };
  readNumbers(row, options, read);
  readLists(row, options, read);
  return read;
}

function readName(row: RowCells): { name: ReadPerson["name"]; titles: string[] } {
  const [whole] = row.columns("people.name.full");
  const parts = (["people.name.family", "people.name.middle", "people.name.given"] as const).map((target) => row.columns(target)[0]);
  const cells = whole && !isBlank(row.cell(whole)) ? [whole] : parts.filter((column) => column !== undefined);
  const written = cells.map((column) => nameText(row.cell(column))).filter((text) => text !== "");
  const { name: bare, titles } = stripTitles(written.join(" "), (cells[0]?.shares.addressed ?? 0) >= 0.2);
  const column = cells[0];
  if (!/\p{L}/u.test(bare)) {
    if (!unread(row, whole ?? parts[2] ?? parts[0])) row.report("name-missing", whole ?? parts.find((one) => one !== undefined));
    return { name: null, titles };
  }
  const old = cells.some((one) => one.charset === "tcvn3");
  const capitals = /\p{Lu}/u.test(bare) && !/\p{Ll}/u.test(bare) && bare.replace(/\P{L}/gu, "").length > 2;
  // In the font .VnTimeH small letters are shown large; a short name in a column of its own says nothing of its case.
  const shown = old && (!/\p{Lu}/u.test(bare) || isShouted(bare));
  const full = capitals || shown ? recase(bare) : old ? raise(bare) : bare;
  if (capitals || shown) row.report("name-recased", column);
  if (/[\d@_#?*=<>[\]{}|\\]/.test(full)) row.report("name-doubtful", column);
  return { name: nameOf(full, cells.length, row), titles };
}

// A name in an encoding not read yet is told as that, and is not missing.
function unread(row: RowCells, column: Column | undefined): boolean {
  return column !== undefined && (column.charset === "vni" || column.charset === "unknown") && row.hidden(column);
}

// Parts in columns of their own say the split themselves: a family part of two words is family and middle name.
function nameOf(full: string, columns: number, row: RowCells): ReadPerson["name"] {
  const split = splitName(full);
  const given = clean(row.text("people.name.given"));
  if (columns < 2 || given === "" || !given.includes(" ") || !full.toLowerCase().endsWith(given.toLowerCase())) return split;
  if (row.columns("people.name.middle").length > 0) {
    const words = full.split(" ");
    const count = given.split(" ").length;
    return { full, family: words[0] ?? null, middle: words.slice(1, -count).join(" ") || null, given: words.slice(-count).join(" ") };
  }
  return split;
}

function recase(name: string): string {
  return name.toLowerCase().replace(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase());
}

// A toned capital of TCVN3 shares the small letter's code; in a person's name every word begins with a capital.
function raise(name: string): string {
  return name.replace(/(?<![\p{L}\p{M}'’])\p{Ll}/gu, (letter) => letter.toUpperCase());
}

function readNumbers(row: RowCells, options: CheckOptions, read: ReadPerson): void {
  const places = options.reference.spellings.idPlaces;
  const readers = [
    ["people.citizen_id", readIdentity],
    ["people.old_id_number", readOldId],
  ] as const;
  for (const [target, reader] of readers) {
    for (const column of row.columns(target)) {
      const cell = row.cell(column);
      if (isBlank(cell)) continue;
      const { citizen_id, old_id_number, fault } = reader(cell, { gender: read.gender, birth_year: read.birth_year }, places);
      read.citizen_id ??= citizen_id;
      read.old_id_number ??= old_id_number;
      if (fault) row.report(`citizen-id-${fault}`, column);
    }
  }
}

function readLists(row: RowCells, options: CheckOptions, read: ReadPerson): void {
  for (const column of row.columns("people.phones")) {
    const { phones, unread } = readPhones(row.cell(column));
    read.phones.push(...phones.filter((phone) => !read.phones.includes(phone)));
    if (unread.length > 0) row.report("phone-invalid", column);
    // A column of contacts holds mail addresses too.
    if (unread.some((part) => part.includes("@"))) read.emails.push(...readEmails(unread.join(" ")).emails);
  }
  for (const column of row.columns("people.emails")) {
    const { emails, unread } = readEmails(row.cell(column));
    read.emails.push(...emails.filter((email) => !read.emails.includes(email)));
    if (unread.length > 0 && !isBlank(row.cell(column))) row.report("email-invalid", column);
  }
  const local = row.text("people.identifiers.local");
  if (/[\p{L}\p{N}]/u.test(local))
    read.identifiers.push({ scheme: options.supplier ? `local:${options.supplier.code}` : "local", value: local });
  const orcid = /\d{4}-\d{4}-\d{4}-\d{3}[\dX]/i.exec(row.text("people.identifiers.orcid"))?.[0].toUpperCase();
  if (orcid && isOrcid(orcid)) read.identifiers.push({ scheme: "orcid", value: orcid });
  else if (row.text("people.identifiers.orcid") !== "") row.report("identifier-invalid", row.columns("people.identifiers.orcid")[0]);
  const scopus = row.text("people.identifiers.scopus").replace(/\s/g, "");
  if (/^\d{10,11}$/.test(scopus)) read.identifiers.push({ scheme: "scopus", value: scopus });
  else if (scopus !== "") row.report("identifier-invalid", row.columns("people.identifiers.scopus")[0]);
  const nationality = row.text("people.nationality");
  read.nationality = readCountry(nationality);
  if (nationality !== "" && read.nationality === null) row.report("country-unknown", row.columns("people.nationality")[0]);
  const ethnicity = row.text("people.ethnicity");
  if (options.ethnicity && ethnicity !== "") {
    read.ethnicity = readEthnicity(options.reference.spellings, ethnicity);
    if (read.ethnicity === null) row.report("ethnicity-unknown", row.columns("people.ethnicity")[0]);
  }
  read.life_status ??= lifeStatus(row);
}

function lifeStatus(row: RowCells): ReadPerson["life_status"] {
  for (const target of ["people.life_status", "affiliations.organization_text", "affiliations.post", "remarks"] as const) {
    const text = fold(row.text(target));
    if (/^(?:da |dang |can bo |ve )?(?:nghi huu|huu tri|nghi che do|ve huu|huu)(?: tu .*| nam .*| \d.*| tai .*)?$/.test(text))
      return "retired";
    if (/^(?:da )?(?:mat|qua doi|tu tran)(?: nam \d{4}| \d.*)?$/.test(text)) return "deceased";
  }
  return null;
}

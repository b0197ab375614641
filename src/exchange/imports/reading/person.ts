import type { Place } from "../../cells/places.ts";
import type { Unit } from "../../cells/units.ts";

/** What a column can be read as; `skip` is known and left out, `not-collected` must not be kept by law. */
export const TARGETS = [
  "people.name.full",
  "people.name.family",
  "people.name.middle",
  "people.name.given",
  "people.gender",
  "people.gender.male",
  "people.gender.female",
  "people.birth_date",
  "people.birth_date.male",
  "people.birth_date.female",
  "people.birth_date.day",
  "people.birth_date.month",
  "people.birth_date.year",
  "people.citizen_id",
  "people.old_id_number",
  "people.nationality",
  "people.ethnicity",
  "people.hometown_text",
  "people.hometown_text.commune",
  "people.hometown_text.district",
  "people.hometown_text.province",
  "people.residence_text",
  "people.residence_text.commune",
  "people.residence_text.district",
  "people.residence_text.province",
  "people.phones",
  "people.emails",
  "people.identifiers.local",
  "people.identifiers.orcid",
  "people.identifiers.scopus",
  "people.life_status",
  "degrees.level",
  "degrees.level.tick",
  "degrees.level_or_title",
  "degrees.major_text",
  "degrees.training_field",
  "degrees.institution_text",
  "degrees.country",
  "degrees.graduation_year",
  "academic_titles.title",
  "academic_titles.year",
  "affiliations.organization_text",
  "affiliations.department",
  "affiliations.team",
  "affiliations.post",
  "affiliations.valid_from",
  "affiliations.membership_from",
  "expertise.field",
  "awards.award",
  "ordinal",
  "remarks",
  "skip",
  "not-collected",
] as const;
export type Target = (typeof TARGETS)[number];

/** Targets that are recognised in order to be left out, and so are no field of the registry. */
export const NO_FIELD: ReadonlySet<Target> = new Set<Target>(["ordinal", "remarks", "skip", "not-collected"]);

/** A degree as read from a row; `institution_text` and `major_text` as written, the codes where the reference knows them. */
export type ReadDegree = {
  level: string | null;
  training_field: string | null;
  major_text: string | null;
  institution_text: string | null;
  institution: Unit | null;
  graduation_year: number | null;
  country: string | null;
};

/** A membership or employment as read; one without a unit of its own stands under the supplier. */
export type ReadAffiliation = {
  organization_text: string | null;
  organization: Unit | null;
  kind: "employment" | "membership";
  post: string | null;
  valid_from: string | null;
};

/** One row as the registry would hold it: the nouns' own member names, normalised, codes beside ids. */
export type ReadPerson = {
  name: { full: string; family: string | null; middle: string | null; given: string } | null;
  gender: "male" | "female" | "other" | null;
  birth_date: string | null;
  birth_year: number | null;
  citizen_id: string | null;
  old_id_number: string | null;
  nationality: string | null;
  ethnicity: string | null;
  hometown_text: string | null;
  hometown_locality: Place | null;
  hometown_locality_today: Place | null;
  residence_text: string | null;
  residence_locality: Place | null;
  residence_group: "in_province" | "other_province" | "overseas" | null;
  phones: string[];
  emails: string[];
  identifiers: { scheme: string; value: string }[];
  life_status: "retired" | "deceased" | null;
  degrees: ReadDegree[];
  academic_titles: { title: string; year: number | null }[];
  affiliations: ReadAffiliation[];
  expertise: { field: string; role: "main" | "secondary" }[];
  awards: { award: string; year: number | null }[];
};

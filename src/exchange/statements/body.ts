import type { Unit } from "../cells/units.ts";
import type { ReadPerson } from "../imports/reading/person.ts";

/** Who supplied a file, when, and in which document: the source of everything that it states. */
export type Supply = { organization_id: string | null; received_on: string | null; document: string | null };
type Body = Record<string, unknown>;

/** What a row would write, in the shape of `POST /v1/people`: absent where the row says nothing, so that an update takes nothing away. */
export function bodyOf(read: ReadPerson, supply: Supply): Body {
  const source = { source: supply };
  const unit = (organization: Unit | null) => organization?.id ?? null;
  const {
    name,
    gender,
    birth_date,
    citizen_id,
    old_id_number,
    nationality,
    ethnicity,
    hometown_text,
    residence_text,
    residence_group,
    life_status,
  } = read;
  return present({
    name,
    gender,
    birth_date,
    citizen_id,
    old_id_number,
    nationality,
    ethnicity,
    hometown_text,
    residence_text,
    residence_group,
    life_status,
    hometown_locality_id: read.hometown_locality?.id ?? null,
    residence_locality_id: read.residence_locality?.id ?? null,
    phones: read.phones,
    emails: read.emails,
    identifiers: read.identifiers,
    ...source,
    degrees: read.degrees.flatMap(({ level, institution, ...degree }) =>
      level === null ? [] : [present({ level, ...degree, institution_id: unit(institution), ...source })],
    ),
    academic_titles: read.academic_titles.map((title) => present({ ...title, ...source })),
    // A unit that the registry does not know stands under the supplier, with its text kept: an import never makes organizations.
    affiliations: read.affiliations.flatMap(({ organization, organization_text, ...bond }) => {
      const organization_id = unit(organization) ?? supply.organization_id;
      return organization_id === null && !organization_text ? [] : [present({ ...bond, organization_text, organization_id, ...source })];
    }),
    expertise: read.expertise.map((field) => present({ ...field, ...source })),
    awards: read.awards.map((award) => present({ ...award, ...source })),
  });
}

const present = (members: Body): Body =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );

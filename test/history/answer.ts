import { days } from "../../src/core/time/partial-date.ts";
import type { Body } from "./commands.ts";
import type { Past, Short, Version, World } from "./world.ts";

/** What the service must answer: a status, and of a record the members that histories are about. */
export type Expected = { status: 200; body: Body } | { status: 404 | 410 };

/** A record at an instant, as who may read what of it sees it. */
export type Asked = { record: Past; instant: string; asOf: string | null; open: boolean; include: readonly string[] };

const RANK = ["confirmed", "document_seen", "declared", "disputed"];
const CLOSED: Record<string, string[]> = { people: ["citizen_id", "phones"], degrees: ["certificate_no"] };
const MEMBERS: Record<string, readonly string[]> = {
  people: [
    "name",
    "gender",
    "birth_date",
    "keywords",
    "identifiers",
    "citizen_id",
    "phones",
    "residence_locality_id",
    "hometown_locality_id",
  ],
  degrees: ["level", "training_field", "certificate_no"],
  academic_titles: ["title", "year"],
  affiliations: ["kind", "organization_id", "organization_text", "post"],
  expertise: ["field", "role"],
  awards: ["award", "year"],
};
const OF_FACTS = ["valid_from", "valid_to", "ended", "verification", "source"];
const LISTS = new Set(["keywords", "identifiers", "phones"]);

/** What was known of a record at an instant. */
export const versionAt = ({ versions }: Past, instant: string): Version | undefined => versions.findLast(({ at }) => at <= instant);
const isHidden = (past: Past, instant: string): boolean => versionAt(past, instant)?.hidden === true;
const LAST = "9999";

/** The answer to a question of one record at one instant. */
export function answer(world: World, asked: Asked): Expected {
  const { record, instant } = asked;
  const person = record.noun === "people" ? record : world.people.find(({ id }) => id === record.person)!;
  if ([record, person].some((past) => isHidden(past, LAST))) return { status: 410 };
  if (!versionAt(record, instant)) return { status: 404 };
  if ([record, person].some((past) => isHidden(past, instant))) return { status: 410 };
  return { status: 200, body: record.noun === "people" ? personAt(world, asked) : factAt(world, record, asked) };
}

/** The members that a version wrote down, as a reader sees them; the instant says how units were called. */
export function written(world: World, { noun }: Past, { values }: Version, { instant, open }: Pick<Asked, "instant" | "open">): Body {
  const closed = open ? [] : (CLOSED[noun] ?? []);
  const members = [...MEMBERS[noun]!, ...(noun === "people" ? [] : OF_FACTS)].filter((member) => !closed.includes(member));
  const entries = members.flatMap((member): [string, unknown][] => {
    const value = values[member] ?? (LISTS.has(member) ? [] : null);
    if (member === "source") return [[member, sourceOf(value as Body | null)]];
    if (!member.endsWith("_id") || member === "citizen_id") return [[member, value]];
    const short = member.endsWith("locality_id")
      ? (world.places.get(value as string)?.short ?? null)
      : unitAt(world, value as string | null, instant);
    return [
      [member, value],
      [member.replace(/_id$/, ""), short],
    ];
  });
  return Object.fromEntries(entries);
}

const sourceOf = (source: Body | null): Body | null => (source && Object.values(source).some((value) => value !== null) ? source : null);

function unitAt(world: World, id: string | null, instant: string): Short | null {
  const unit = world.units.find((one) => one.id === id);
  return unit ? { id: unit.id, ...(versionAt(unit, instant)!.values as { code: string; name: string }) } : null;
}

function personAt(world: World, asked: Asked): Body {
  const { record, instant, asOf, include, open } = asked;
  const version = versionAt(record, instant)!;
  const bonds = standingAt(world, record.id, "affiliations", instant).filter(({ values }) =>
    asOf === null ? isCurrent(values, dayOf(instant)) !== false : mayHaveHeld(values, asOf),
  );
  const places = [...new Set(bonds.map(({ values }) => world.placeOf.get(values["organization_id"]) ?? null))].filter(
    (place) => place !== null,
  );
  const birth = version.values["birth_date"] as string | undefined;
  const hometown = world.places.get(version.values["hometown_locality_id"]);
  return {
    id: record.id,
    version: numberOf(record, version),
    ...written(world, record, version, asked),
    birth_year: birth === undefined ? null : Number(birth.slice(0, 4)),
    hometown_locality_today_id: hometown?.today ?? null,
    work_locality: places.toSorted(),
    quality: birth?.endsWith("-01-01") ? ["birth-date-may-be-placeholder"] : [],
    ...Object.fromEntries(include.map((member) => [member.split(".")[0]!, elementsAt(world, member, asked)])),
    redacted: open ? [] : CLOSED["people"],
  };
}

const numberOf = ({ versions }: Past, version: Version): number => versions.indexOf(version) + 1;

/** Facts of a person that stood at an instant, in the order in which they were added. */
function standingAt(world: World, person: string, noun: string, instant: string): { past: Past; values: Body }[] {
  const own = world.facts.filter((past) => past.noun === noun && past.person === person);
  return own
    .flatMap((past) => {
      const version = versionAt(past, instant);
      return version && !version.hidden ? [{ past, values: version.values }] : [];
    })
    .toSorted((a, b) => a.past.turn - b.past.turn || (a.past.id < b.past.id ? -1 : 1));
}

function elementsAt(world: World, member: string, asked: Asked): Body[] {
  const all = standingAt(world, asked.record.id, member.split(".")[0]!, asked.instant);
  const held = all.filter(({ values }) => asked.asOf === null || mayHaveHeld(values, asked.asOf));
  return held.map(({ past }) => factAt(world, past, asked));
}

function factAt(world: World, past: Past, asked: Asked): Body {
  const version = versionAt(past, asked.instant)!;
  return {
    id: past.id,
    person_id: past.person,
    version: numberOf(past, version),
    ...written(world, past, version, asked),
    is_current: isCurrent(version.values, dayOf(asked.instant)),
    preferred: preferredAt(world, past, asked.instant),
    redacted: asked.open ? [] : (CLOSED[past.noun] ?? []),
  };
}

/** The best of the statements of one fact: by verification, then by the day of receipt, then the first. */
function preferredAt(world: World, past: Past, instant: string): boolean {
  const all = standingAt(world, past.person, past.noun, instant).filter(
    ({ values }) => factOf(past.noun, values) === factOf(past.noun, versionAt(past, instant)!.values),
  );
  const rank = ({ past: { id }, values }: { past: Past; values: Body }) =>
    [String(RANK.indexOf(values["verification"])), String(9_999 - Number((values["source"]?.received_on ?? "0000").slice(0, 4))), id].join(
      " ",
    );
  return all.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]!.past === past;
}

/** Statements alike in this are of one fact (api.md 2). */
function factOf(noun: string, values: Body): string {
  const of = (...members: string[]) => JSON.stringify(members.map((member) => values[member] ?? null));
  if (noun === "degrees") return of("level", "training_field");
  if (noun === "academic_titles") return of("title");
  if (noun === "expertise") return of("field", "role");
  if (noun === "awards") return of("award", "year");
  const known = values["organization_id"] !== undefined && values["organization_id"] !== values["source"]?.organization_id;
  return known ? of("organization_id", "post") + "known" : of("organization_id", "organization_text", "post");
}

const spanOf = (values: Body, member: string) => (values[member] === undefined ? undefined : days(values[member] as string));

function isCurrent(values: Body, day: string): boolean | null {
  const [from, to] = [spanOf(values, "valid_from"), spanOf(values, "valid_to")];
  if (values["ended"] === true || (to && to.latest < day) || (from && from.earliest > day)) return false;
  if (values["ended"] === false) return true;
  return from && to && from.latest <= day && day <= to.earliest ? true : null;
}

const mayHaveHeld = (values: Body, day: string): boolean =>
  (spanOf(values, "valid_from")?.earliest ?? "") <= day && (spanOf(values, "valid_to")?.latest ?? LAST) >= day;

/** The day that an instant lies on in Vietnam. */
const dayOf = (instant: string): string => new Date(new Date(instant).getTime() + 7 * 3_600_000).toISOString().slice(0, 10);

import fc from "fast-check";

/** Members of a record as a client sends them. */
// oxlint-disable-next-line typescript/no-explicit-any -- plain bodies, whatever is in them
export type Body = Record<string, any>;

/** Facts that a history is about. */
export const FACTS = ["degrees", "academic_titles", "affiliations", "expertise", "awards"] as const;
export type FactKind = (typeof FACTS)[number];

/** Something that is done to the registry; `person`, `fact` and units are chosen by their number, whichever there are. */
export type Command =
  | { is: "create"; body: Body; facts: { kind: FactKind; body: Body }[] }
  | { is: "change"; person: number; patch: Body }
  | { is: "hide" | "restore"; person: number }
  | { is: "add"; person: number; kind: FactKind; body: Body }
  | { is: "amend"; fact: number; patch: Body }
  | { is: "hide fact" | "restore fact"; fact: number }
  | { is: "rename"; unit: number; name: string }
  /** An UPDATE typed into the database, of several rows at once. */
  | { is: "type"; table: "people" | FactKind; column: string; value: string; every: number };

export const NAMES = ["Nguyễn Thị Minh Khai", "Trần An", "Lê Văn Ân", "Y Blim Niê", "Đỗ Ước"];
const BEGINNINGS = ["1985", "1985-01-01", "1979-11", "2001-06-30", "2012"];
const ENDS = ["2012", "2015-07", "2018-01-31", "2021", "2026-12"];
/** Days that lie about the ends of those dates. */
export const DAYS = [
  "1984-12-31",
  "2001-06-30",
  "2001-07-01",
  "2012-06-01",
  "2015-06-30",
  "2015-08-01",
  "2018-02-01",
  "2021-05-05",
  "2030-01-01",
];
export const UNITS = ["SYT", "SKHCN", "UBND", "LHH"];
/** Communes of today, and as many that became others. */
export const PLACES = 3;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
/** Members that may be left out of a body. */
const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Body> => fc.record(model, { requiredKeys: [] });
/** A unit or a place, by its number: the world puts an id in its stead. */
const chosen = (count: number) => maybe(fc.nat(count - 1).map((number) => ({ number })));

const person = {
  name: fc.constantFrom(...NAMES).map((full) => ({ full })),
  gender: maybe(fc.constantFrom("female", "male")),
  birth_date: maybe(fc.constantFrom("1960", "1960-05", "1960-05-06", "1961-01-01")),
  keywords: fc.subarray(["lúa", "nano", "cầu"]),
  identifiers: fc.subarray(["scopus", "wos"]),
  citizen_id: maybe(fc.nat(9_999).map((n) => `02408500${String(n).padStart(4, "0")}`)),
  phones: fc.subarray(["+84912345678", "+84987654321"]),
  residence_locality_id: chosen(PLACES),
  hometown_locality_id: chosen(2 * PLACES),
};
const statement = {
  valid_from: maybe(fc.constantFrom(...BEGINNINGS)),
  valid_to: maybe(fc.constantFrom(...ENDS)),
  ended: maybe(fc.boolean()),
  verification: fc.constantFrom("declared", "document_seen", "confirmed", "disputed"),
  source: maybe(
    fc.record({
      organization_id: chosen(2),
      received_on: maybe(fc.constantFrom("2020-01-01", "2024-05-05", "2025-05-05")),
      document: maybe(fc.constant("CV 1")),
    }),
  ),
};
const own: Record<FactKind, { model: Record<string, fc.Arbitrary<unknown>>; required: string[] }> = {
  degrees: {
    model: {
      level: fc.constantFrom("CN", "TS"),
      training_field: maybe(fc.constantFrom("480101", "4801")),
      certificate_no: maybe(fc.constant("QM 1")),
    },
    required: ["level"],
  },
  academic_titles: { model: { title: fc.constantFrom("PGS", "GS"), year: maybe(fc.constantFrom(2010, 2020)) }, required: ["title"] },
  affiliations: {
    model: {
      kind: fc.constantFrom("employment", "membership"),
      organization_id: chosen(UNITS.length),
      organization_text: maybe(fc.constantFrom("Công ty A", "Công ty B")),
      post: maybe(fc.constantFrom("Giám đốc", "Bác sĩ")),
    },
    required: ["kind"],
  },
  expertise: { model: { field: fc.constantFrom("102", "2"), role: fc.constant("secondary") }, required: ["field", "role"] },
  awards: { model: { award: fc.constant("TTUT"), year: maybe(fc.constantFrom(2019, 2022)) }, required: ["award"] },
};
const fact = (kind: FactKind): fc.Arbitrary<Body> => {
  const { model, required } = own[kind];
  const all: Record<string, fc.Arbitrary<unknown>> = { ...model, ...statement };
  return fc.record(all, { requiredKeys: required });
};
const anyFact = fc.constantFrom(...FACTS).chain((kind) => fact(kind).map((body) => ({ kind, body })));
const which = fc.nat(1_000);

const typed = fc.oneof(
  fc.record({ table: fc.constant("people" as const), column: fc.constant("gender"), value: fc.constantFrom("other", "male") }),
  fc.record({
    table: fc.constantFrom(...FACTS),
    column: fc.constant("verification"),
    value: fc.constantFrom("declared", "confirmed", "document_seen"),
  }),
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant("create" as const), body: some(person), facts: fc.array(anyFact, { maxLength: 4 }) }),
  },
  { weight: 6, arbitrary: fc.record({ is: fc.constant("change" as const), person: which, patch: some(person) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("hide" as const), person: which }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("restore" as const), person: which }) },
  {
    weight: 9,
    arbitrary: fc.record({ is: fc.constant("add" as const), person: which }).chain((at) => anyFact.map((one) => ({ ...at, ...one }))),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      is: fc.constant("amend" as const),
      fact: which,
      patch: some({ ...statement, post: fc.constant("Phó giám đốc"), year: fc.constant(2015) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("hide fact" as const), fact: which }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("restore fact" as const), fact: which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant("rename" as const),
      unit: fc.nat(UNITS.length - 1),
      name: fc.constantFrom("Tên một", "Tên hai"),
    }),
  },
  { weight: 2, arbitrary: typed.chain((one) => fc.nat(3).map((every) => ({ is: "type" as const, ...one, every: every + 1 }))) },
);

/** A random history: what is done, one after the other. */
export const commands = (seed: number, count: number): Command[] => [
  ...fc.sample(fc.record({ is: fc.constant("create" as const), body: some(person), facts: fc.array(anyFact, { maxLength: 4 }) }), {
    seed,
    numRuns: 6,
  }),
  ...fc.sample(command, { seed, numRuns: count }),
];

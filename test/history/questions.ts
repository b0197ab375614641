import fc from "fast-check";
import { DAYS, FACTS } from "./commands.ts";
import { pathOf } from "./world.ts";
import type { Past, World } from "./world.ts";

/** Who asks: one without a purpose, one to whom everything is open, and one whose territory holds nobody. */
export type Reader = "clerk" | "open" | "stranger";

/** What was known of a record at an instant, or which versions it has. */
export type Question =
  | { is: "known_at"; record: Past; instant: string; asOf: string | null; reader: Reader; include: readonly string[] }
  | { is: "revisions"; record: Past; reader: Reader; limit: number };

/** Random questions to a history: at the very microsecond of a version, one before it, and anywhere between. */
export function questions({ people, facts }: World): fc.Arbitrary<Question> {
  const record = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...people) }, { weight: 2, arbitrary: fc.constantFrom(...facts) });
  const all = [...people, ...facts];
  const instants = all.flatMap(({ versions }) => versions.map(({ at }) => at)).toSorted();
  const near = (past: Past) => {
    const own = all
      .filter(({ person, id }) => person === past.person || id === past.person)
      .flatMap(({ versions }) => versions.map(({ at }) => at));
    return fc.oneof(
      fc.constantFrom(...own),
      fc.constantFrom(...own).map((at) => earlier(at)),
      fc.constantFrom(...instants).map((at) => `${at.slice(0, 11)}17:00:00.000000Z`),
      fc
        .integer({ min: Date.parse("2013-06-01"), max: Date.parse("2026-06-30") })
        .map((ms) => new Date(ms).toISOString().replace("Z", "000Z")),
    );
  };
  const reader = fc.oneof(
    { weight: 6, arbitrary: fc.constant("clerk" as const) },
    { weight: 6, arbitrary: fc.constant("open" as const) },
    { weight: 1, arbitrary: fc.constant("stranger" as const) },
  );
  const known = record.chain((past) =>
    fc.record({
      is: fc.constant("known_at" as const),
      record: fc.constant(past),
      instant: near(past),
      asOf: fc.option(fc.constantFrom(...DAYS), { nil: null }),
      reader,
      include: past.noun === "people" ? fc.subarray([...FACTS]) : fc.constant<readonly string[]>([]),
    }),
  );
  const revisions = fc.record({ is: fc.constant("revisions" as const), record, reader, limit: fc.constantFrom(1, 2, 3, 50) });
  return fc.oneof({ weight: 8, arbitrary: known }, { weight: 1, arbitrary: revisions });
}

/** One microsecond before an instant. */
function earlier(at: string): string {
  const micros = BigInt(Date.parse(`${at.slice(0, 19)}Z`)) * 1_000n + BigInt(at.slice(20, 26)) - 1n;
  return new Date(Number(micros / 1_000n)).toISOString().replace("Z", `${String(micros % 1_000n).padStart(3, "0")}Z`);
}

/** The request that asks it. */
export function requestOf(question: Question): string {
  const path = pathOf(question.record);
  if (question.is === "revisions") return `${path}/revisions?limit=${question.limit}`;
  const { instant, asOf, include } = question;
  return `${path}?known_at=${instant}${asOf === null ? "" : `&as_of=${asOf}`}${include.length > 0 ? `&include=${include.join(",")}` : ""}`;
}

import { Problem } from "../../../core/problems.ts";
import { sql, Statement } from "../../statement.ts";
import { keptPart } from "./kept.ts";
import type { Row } from "../../readers/wire.ts";
import { isRanged, isSearch, listStatement, proofStatement } from "../list.ts";
import type { ListRow } from "../list.ts";
import type { Selection } from "../selection.ts";
import type { Source } from "../source.ts";
import type { Lifted } from "./lifted.ts";
import { planOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { rankingOf } from "./ranked.ts";
import { filled, isTemplate, parameterText } from "./slot.ts";

/** The statement of a page for any values of one key. `ranged`: planned for any value, whatever the plan promises. */
export type PreparedPage = {
  statement: Statement;
  text: string;
  plan: Plan;
  ranged: boolean;
  search: boolean;
  brief: boolean;
  alone?: Alone;
  /** What says whether the page is what it was. */
  proof?: Alone;
};
/** The statement of the same page of kept answers alone: one that might make them costs as much as making two, also where none is to be made. */
type Alone = { statement: Statement; text: string };

/** Pages up to this are answered on shared connections: a longer one keeps those behind it waiting. */
const BRIEF = 100;

/** Compiles a page's question without its values; undefined where its text turns out to depend on one. */
export function preparePage(
  { list, given, context, claimed, plain }: Lifted,
  selection: Selection,
  source: Source,
): PreparedPage | undefined {
  const whole = { ...list, selection };
  try {
    const [plan, ranged] = [planOf(whole, source, context), isRanged(whole, source, context)];
    // Searching is longer than reading a page, however few it gives.
    const ranked = rankingOf(list.query, source, list.sort) !== undefined;
    const brief = list.limit <= BRIEF && !ranked && (ranged || plan === "indexed");
    const own = { ...context, proven: brief };
    const statement = withPart(listStatement(whole, source, own), claimed);
    if (!isTemplate(statement, given.length)) return undefined;
    const page: PreparedPage = { statement, text: statement.render().text, plan, ranged, search: isSearch(list, source), brief };
    if (!brief) return page;
    const proof = proofStatement(whole, source, context);
    if (proof) page.proof = rendered(withPart(proof, plain ?? claimed));
    if (context.kept !== undefined && keptPart(source, selection, context))
      page.alone = rendered(withPart(listStatement(whole, source, { ...own, keptAlone: true }), claimed));
    return page;
  } catch (error) {
    // What is wrong is said of the question as it was asked.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

const rendered = (statement: Statement): Alone => ({ statement, text: statement.render().text });

/** A statement with a part before its own. */
export function withPart(statement: Statement, part: Statement | undefined): Statement {
  if (part === undefined) return statement;
  const [first = "", ...others] = statement.texts;
  if (!first.startsWith("with ")) return sql`with ${part} ${statement}`;
  return sql`with ${part}, ${new Statement([first.replace(/^with /, ""), ...others], statement.values)}`;
}

/** The statement with its values. */
export const pageStatement = ({ statement }: PreparedPage, given: readonly unknown[]): Statement =>
  new Statement(statement.texts, filled(statement.values, given));

/** Its values as the texts that a shared connection sends. */
export const pageParameters = ({ statement }: Pick<PreparedPage, "statement">, given: readonly unknown[]): (string | null)[] =>
  filled(statement.values, given).map(parameterText);

/** The row of a page as a shared connection gives it: its records stay the bytes that Postgres sent. Undefined where not all were kept. */
export function pageRow([data, missed, size, more, last, count, cut, proof]: Row): ListRow | undefined {
  if (!data) return undefined;
  const textOf = (bytes: Buffer | null | undefined) => (bytes ? bytes.toString() : null);
  const ids = textOf(missed);
  const lastKeys = textOf(last);
  const cutAt = textOf(cut);
  return {
    data,
    missed: ids === null ? null : ids.slice(1, -1).split(","),
    size: Number(textOf(size)),
    has_more: textOf(more) === "t",
    last: lastKeys === null ? null : (JSON.parse(lastKeys) as unknown[]),
    count: textOf(count),
    cut_at: cutAt === null ? null : Number(cutAt),
    proof: proof ?? null,
  };
}

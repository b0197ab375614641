import { redactedFields } from "../../core/policy.ts";
import { liftPage } from "../../db/query/page/lifted.ts";
import type { Rows } from "../../db/query/page/lifted.ts";
import { listStatement } from "../../db/query/list.ts";
import type { ListRow } from "../../db/query/list.ts";
import type { Plan } from "../../db/query/page/plan.ts";
import { pageParameters, preparePage } from "../../db/query/page/prepared.ts";
import type { PreparedPage } from "../../db/query/page/prepared.ts";
import { readPage, readPrepared } from "../../db/query/read.ts";
import type { SharedShapes } from "../../db/query/read.ts";
import { readSelection } from "../../db/query/selection.ts";
import type { Selection } from "../../db/query/selection.ts";
import type { Context, Source } from "../../db/query/source.ts";
import type { Database } from "../../db/pools.ts";
import type { Shape } from "../../db/readers/wire.ts";
import { foundBy, handingOf } from "./delivery.ts";
import type { Handing } from "./delivery.ts";
import { rememberRecords } from "./writes/shown.ts";
import type { Records } from "./writes/shown.ts";

/** What is the same for all pages that differ in their values alone. */
type Known = {
  selection: Selection;
  redacted: readonly string[];
  handing: Handing | undefined;
  page?: PreparedPage;
  shapes?: SharedShapes;
  uses: number;
  away: number;
};

/** The question whether a page is what it was. */
export type Proof = { shape: Shape; values: readonly (string | null)[] };

/** A page that is ready to be read: what it shows, what it leaves out, and what is to be done with its records before they leave. */
export type Reading = Pick<Known, "selection" | "redacted" | "handing"> & {
  /** Whether its statement looks the caller's claims up. */
  settles: boolean;
  /** What asks whether the page is still what it was when it was read; undefined where nothing does. */
  proof?: Proof;
  read(database: Database): Promise<ListRow & { plan: Plan }>;
};

/** The pages of one service. */
export type Pages = {
  /** @throws Problem for what is wrong with the question */
  of(rows: Rows, shown: { fields: string | undefined; include: string | undefined }, source: Source, context: Context): Reading;
  /** Single records, as who writes them is answered. */
  records: Records;
};

/** So many questions are remembered without their values; one that comes for the second time is prepared on the shared connections. */
const MOST = 400;
const AGAIN = 2;
/** After a page of which answers were not kept so many are asked to make them at once, not to be asked twice. */
const AWAY = 8;

/** Remembers the pages that are asked for, `most` of them, each without its values: compiling one takes longer than answering it. */
export function rememberPages(most = MOST): Pages {
  const known = new Map<string, Known>();
  const count = { shapes: 0 };

  const shapesOf = (page: PreparedPage): SharedShapes => {
    const number = count.shapes++;
    return {
      whole: { name: `page${number}`, text: page.text },
      alone: page.alone && { name: `kept_page${number}`, text: page.alone.text },
      proof: page.proof && { name: `proof${number}`, text: page.proof.text },
    };
  };
  const look = (rows: Rows, shown: readonly (string | undefined)[], source: Source, context: Context): Known => {
    const selection = foundBy(rows.query, readSelection(source, shown[0], shown[1], context), source, context);
    const redacted = redactedFields(source.noun, context.actor);
    return { selection, redacted, handing: handingOf(source, selection, context), uses: 0, away: 0 };
  };
  const remember = (key: string, found: Known) => {
    known.delete(key);
    known.set(key, found); // now the last of them
    if (known.size > most) for (const [oldest] of known) if (known.delete(oldest)) break;
  };
  return {
    records: rememberRecords(most),
    of(rows, { fields, include }, source, context) {
      const shown = [fields, include];
      const lifted = liftPage(rows, shown, source, context);
      const found = lifted && known.get(lifted.key);
      const one = found ?? look(rows, shown, source, context);
      const { selection } = one;
      if (lifted && !found) {
        const page = preparePage(lifted, selection, source);
        if (page) one.page = page;
      }
      const { page } = one;
      if (!lifted || !page) {
        const list = { ...rows, selection };
        const statement = listStatement(list, source, context);
        return { ...one, settles: false, read: (database) => readPage(database, statement, list, source, context) };
      }
      remember(lifted.key, one);
      one.uses++;
      if (page.brief && one.uses === AGAIN) one.shapes = shapesOf(page);
      const { shapes } = one;
      return {
        ...one,
        settles: shapes !== undefined,
        ...(shapes?.proof && { proof: { shape: shapes.proof, values: pageParameters(page.proof!, lifted.given) } }),
        read: async (database) => {
          const among = shapes && one.away-- > 0 ? { ...shapes, alone: undefined } : shapes;
          const row = await readPrepared(database, page, lifted.given, among, { list: rows, source, context });
          if (row.missed !== null) one.away = AWAY;
          return row;
        },
      };
    },
  };
}

import { hash as hashOf } from "node:crypto";
import type { Pool } from "pg";
import { openClasses } from "../../core/policy.ts";
import { keptPart, keptText, stillHolds } from "../query/page/kept.ts";
import { Render } from "../query/render.ts";
import { aliases } from "../query/source.ts";
import type { Catalog, Context, Source } from "../query/source.ts";
import type { Selection } from "../query/selection.ts";
import { all, readableRows } from "../query/visible.ts";
import { raw, sql } from "../statement.ts";
import { makingOf } from "./making.ts";
import { claimedNodes, claimedPart, lookedUpBy, plainKey, plainPart } from "../territory.ts";
import { parameterText } from "../query/page/slot.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Row, Shape } from "./wire.ts";

/** What one indexed read says of a person: `stamp` is null where no answer is kept, or it is one of before. */
export type Kept = { version: number; hidden: boolean; stamp: string | null; body: Buffer | null; beside: Buffer | null };
/** The answer that a caller of these classes is given, with these collections, and with the guarded members that are made `beside` it. */
export type Wanted = { collections: readonly string[]; context: Context; beside?: Selection };

/** Kept answers of people: read with the check that they still hold, and made anew in the background for who was asked for in vain. */
export type KeptAnswers = {
  /** What of an answer could be kept; undefined where it is always made when it is asked for. */
  wanted(source: Source, selection: Selection, context: Context): Wanted | undefined;
  read(wanted: Wanted, id: string, part: "tag" | "body"): Promise<Kept | undefined>;
  /** A hash of what shapes the answer beside the person's version. */
  tag(wanted: Wanted, stamp: string): string;
  missed(id: string): void;
  /** What is to be believed has been made by this: the hash of the statement that makes it. */
  maker: string;
  /** Makes the answers of these people. */
  make(ids: readonly string[], today: string): Promise<void>;
  close(): Promise<void>;
};

type Parts = { points: Pipeline; workers: Pool; catalog: Catalog; today: () => string };

/** A statement with its values, of which the one at `at` is an id. */
type Question = { shape: Shape; at: number; values: readonly string[] };

const TODAY = "today";
const [ID, MAKER, ORG, LOC] = ["id", "maker", ["org"], ["loc"]] as const;
/** Where the values of claims stand. */
const CLAIMS = { org: { ids: ["org ids"], codes: ["org codes"] }, loc: { ids: ["loc ids"], codes: ["loc codes"] } } as const;
/** Shared by who makes answers, exclusive for who renames a unit (migration 0035). */
const LOCK = 3501;
/** Hashes of what shapes an answer are remembered until the languages and days of them are so many. */
const TAGS = 500;
const BATCH = { size: 200, delayMs: 50, most: 5_000 };

/** Keeps the answers of people. */
export function keepAnswers({ points, workers, catalog, today }: Parts): KeptAnswers {
  const person = catalog["people"]!;
  const collections = Object.keys(person.noun.collections);
  const making = makingOf(catalog);
  const shapes = new Map<string, { shape: Shape; slots: readonly unknown[] }>();
  const shapeOf = (part: "tag" | "body", wanted: Wanted) => {
    const { collections: with_, context, beside } = wanted;
    const { actor, claims } = context;
    const bounds = `${actor.org ? "o" : ""}${actor.loc ? "l" : ""}${claims ? plainKey(claims) : ""}`;
    // Postgres heeds 63 letters of a name.
    const classes = beside ? `_${openClasses(actor).replaceAll(/(\S{3})\S*/g, "$1")}` : "";
    const key = `kept_${part}_${with_.map((one) => collections.indexOf(one)).join("")}_${bounds}${classes}`;
    const found = shapes.get(key) ?? reading(key, part === "body" ? wanted : { context }, person, catalog);
    shapes.set(key, found);
    return found;
  };
  // Whoever asks again in the same words has all but the id ready.
  const questions = { tag: new WeakMap<Wanted, Question>(), body: new WeakMap<Wanted, Question>() };
  const questionOf = (part: "tag" | "body", wanted: Wanted): Question => {
    const known = questions[part].get(wanted);
    if (known) return known;
    const { shape, slots } = shapeOf(part, wanted);
    const given = givenBy(wanted.context).set(MAKER, making.hash);
    const question = { shape, at: slots.indexOf(ID), values: slots.map((slot) => given.get(slot) ?? "") };
    questions[part].set(wanted, question);
    return question;
  };
  const tags = new Map<string, string>();
  const shapesOfTags = new WeakMap<Wanted, string>();
  const tagShape = (key: string): string => {
    if (tags.size > TAGS) tags.clear();
    const shape = tags.get(key) ?? hashOf("sha1", `${key}|${making.hash}`, "base64url").slice(0, 8);
    tags.set(key, shape);
    return shape;
  };
  const missing = new Set<string>();
  const state: { timer: NodeJS.Timeout | undefined; busy: Promise<void> | undefined; closed: boolean } = {
    timer: undefined,
    busy: undefined,
    closed: false,
  };
  const make = async (ids: readonly string[], day: string) => {
    const client = await workers.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin; select pg_advisory_xact_lock_shared(${LOCK})`);
      await client.query(making.statement(ids, day).render());
      await client.query("commit");
    } catch (error) {
      await client.query("rollback").catch((failed: Error) => (broken = failed));
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const work = async () => {
    while (missing.size > 0 && !state.closed) {
      const ids = [...missing].slice(0, BATCH.size);
      for (const id of ids) missing.delete(id);
      await make(ids, today()).catch(() => missing.clear()); // who asks again is missed again
    }
    state.busy = undefined;
  };
  return {
    wanted(source, selection, context) {
      const part = keptPart(source, selection, context);
      return part && { ...part, context };
    },
    read(wanted, id, part) {
      const { shape, at, values } = questionOf(part, wanted);
      return points.first(shape, values.with(at, id)).then(keptOf);
    },
    tag(wanted, stamp) {
      const { collections: with_, context } = wanted;
      const shape = shapesOfTags.get(wanted) ?? tagShape(`${with_.join()}|${context.actor.language}|${context.today}`);
      shapesOfTags.set(wanted, shape);
      return `${shape}${Number(stamp).toString(36)}`;
    },
    missed(id) {
      if (missing.size >= BATCH.most || state.closed) return;
      missing.add(id);
      if (state.busy || state.timer) return;
      state.timer = setTimeout(() => {
        state.timer = undefined;
        state.busy = work();
      }, BATCH.delayMs);
      state.timer.unref();
    },
    maker: making.hash,
    make,
    async close() {
      state.closed = true;
      clearTimeout(state.timer);
      await state.busy;
    },
  };
}

function keptOf(row: Row | undefined): Kept | undefined {
  if (!row) return undefined;
  const [version, hidden, stamp, body = null, beside = null] = row;
  return { version: Number(version), hidden: hidden?.[0] === TRUE, stamp: stamp ? stamp.toString("latin1") : null, body, beside };
}

const TRUE = "t".charCodeAt(0);

/** The values of a read that are those of its caller and day, by where they stand. */
function givenBy({ actor, claims, today }: Context): Map<unknown, string> {
  const given = new Map<unknown, string>([[TODAY, today]]);
  for (const name of ["org", "loc"] as const) {
    const [nodes, claim] = [actor[name], claims?.[name]];
    if (nodes) given.set(name === "org" ? ORG : LOC, `{${nodes.join()}}`);
    if (!claim) continue;
    const { ids, codes } = lookedUpBy(claim);
    given.set(CLAIMS[name].ids, `{${ids.join()}}`).set(CLAIMS[name].codes, parameterText(codes)!);
  }
  return given;
}

/** The statement of one read: which row, whether the caller may see it, and the kept answer if it still holds, with what is beside it. */
function reading(
  key: string,
  { collections, context: { actor, claims }, beside }: Partial<Wanted> & Pick<Wanted, "context">,
  person: Source,
  catalog: Catalog,
): { shape: Shape; slots: readonly unknown[] } {
  const nodesOf = (name: "org" | "loc") => (claims ? claimedNodes(name) : ((name === "org" ? ORG : LOC) as unknown as string[]));
  const bounds = { ...actor, org: actor.org && nodesOf("org"), loc: actor.loc && nodesOf("loc") };
  const places = { org: claims?.org ? CLAIMS.org : null, loc: claims?.loc ? CLAIMS.loc : null };
  const part = claims && (plainPart(claims, places) ?? claimedPart(places));
  const context: Context = { actor: bounds, catalog, keys: {} as never, today: TODAY, asOf: null, inUrl: true, inTurn: true };
  const visible = all(readableRows(person, raw("p"), context));
  const body = collections === undefined ? sql`null` : keptText(raw("a"), collections, person, actor);
  const guarded = beside ? sql`, (${new Render(context, aliases(), false).record(person, raw("p"), beside)})::text` : sql``;
  const statement = sql`${part ? sql`with ${part} ` : sql``}select p.version, p.hidden_at is not null, a.stamp, ${body}${guarded} from people p
    left join person_answers a on ${stillHolds(raw("a"), raw("p"), MAKER, TODAY)}
    where p.id = ${ID}::uuid and ${visible}`;
  const slots = [...new Set(statement.values)];
  const text = statement.texts.reduce((whole, part, i) => `${whole}$${slots.indexOf(statement.values[i - 1]) + 1}${part}`);
  return { shape: { name: key, text }, slots };
}

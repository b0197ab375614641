import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { openCursor, sealCursor } from "../../core/secrets/cursor.ts";
import { attempts } from "../../core/problems.ts";
import { parseFilter } from "../../core/query/parse.ts";
import { readParameters } from "../../core/query/parameters.ts";
import { ALL, and } from "../../core/query/tree.ts";
import type { Query } from "../../core/query/tree.ts";
import { isBounded } from "../../db/query/page/plan.ts";
import type { Rows } from "../../db/query/page/lifted.ts";
import { estimateRows } from "../../db/query/read.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { isKnown, known, meantBy } from "../../db/query/where.ts";
import { requireKnown } from "../../db/readers/codes.ts";
import { contextOf, countOf, dayOf, limitOf, settledContext, single } from "./parts.ts";
import type { Parts, RawQuery } from "./parts.ts";
import { deliverTo } from "./delivery.ts";
import type { Proof } from "./prepared.ts";

/** The parameters of every list beside the fields of its noun. */
export const CONTROLS = ["filter", "sort", "fields", "include", "limit", "cursor", "count", "as_of"] as const;

/** What `q=` asks for, where a list has it. @throws Problem for what must not stand in a URL */
export type Quick = (text: string, at: { parameter: string }) => Query;

/** What the path says: whose rows, which rows, and what must stand for there to be any; that is asked last of all (api.md 1). */
type Bounds = { person?: string; fixed?: Query; standing?: () => Promise<unknown>; quick?: Quick };

/** Who asks, on a day of facts: as the token says it, and with its claims looked up. */
export type Caller = { context(asOf: string | null): Context; settled(asOf: string | null): Promise<Context> };

/** Reads a page as its parameters ask, and answers it; `bounds` are what the path says. */
export async function answerList(
  parts: Parts,
  source: Source,
  request: FastifyRequest,
  reply: FastifyReply,
  bounds: Bounds = {},
): Promise<unknown> {
  const context = (asOf: string | null) => contextOf(request, parts, asOf);
  const caller = { context, settled: (asOf: string | null) => settledContext(request, parts, asOf) };
  const { body, link } = await readList(parts, source, { url: request.url, query: request.query as RawQuery, caller }, bounds);
  if (link !== null) reply.header("link", link);
  return reply.type("application/json; charset=utf-8").send(Buffer.concat(body));
}

/** A page that can be proven: how to ask what it would be made of, and what it was made of. */
export type Proven = Proof & { proof: Buffer; more: boolean };

/** A page as its parameters ask, and the header that names the next one. */
export async function readList(
  parts: Parts,
  source: Source,
  { url, query, caller }: { url: string; query: RawQuery; caller: Caller },
  bounds: Bounds,
): Promise<{ body: Buffer[]; link: string | null; proven?: Proven }> {
  const one = (name: string) => (query[name] === undefined ? undefined : single(name, query[name]));
  const [asOf, sort, fields, include, limit, cursor, count, tree] = attempts(
    "query",
    () => dayOf(query, "as_of"),
    () => one("sort"),
    () => one("fields"),
    () => one("include"),
    () => limitOf(one("limit")),
    () => one("cursor"),
    () => countOf(one("count")),
    () => treeOf(query, source, caller.context(null), bounds.quick ? [...CONTROLS, "q"] : CONTROLS, fixedOf(query, bounds)),
  );
  const context = caller.context(asOf);
  const asked = { tree, sort, fields, include, limit, cursor, count };
  const settled = () => caller.settled(asOf);
  const page = await answerPage(parts, source, context, asked, { ...bounds, settled, on: periodDay(source, tree, context) });
  const next = page.cursor === null ? null : nextUrl(url, page.cursor);
  const link = next === null ? null : `<${parts.publicUrl()}${next}>; rel="next"`;
  return { body: page.text(next), link, ...(page.proven && { proven: page.proven }) };
}

const fixedOf = (query: RawQuery, { fixed = ALL, quick }: Bounds): Query =>
  quick && query["q"] !== undefined
    ? and([fixed, quick(single("q", query["q"]), { parameter: "q" })].filter((part) => part !== ALL))
    : fixed;

/** What the parameters of a list ask for beside `controls`, as one tree: layer 1, `filter`, and what is `fixed` by the path. */
export function treeOf(query: RawQuery, source: Source, context: Context, controls: readonly string[], fixed: Query = ALL): Query {
  const own = Object.fromEntries(Object.entries(query).filter(([name]) => !controls.includes(name)));
  const beside = controls.filter((name) => name !== "filter");
  const names = { includes: (path: string) => isKnown(path, source, context) || beside.includes(path) };
  const meant = (path: string) => {
    const near = meantBy(path, source, context, [...known(source, context), ...beside]);
    // What the noun points at is asked for in a filter.
    return near === undefined || names.includes(near) ? near : `filter=${near}`;
  };
  const parameters = readParameters(own, names, Object.keys(source.noun.collections), meant);
  const filter = query["filter"] === undefined ? ALL : parseFilter(single("filter", query["filter"]), { parameter: "filter" });
  return and([parameters, filter, fixed].filter((part) => part !== ALL));
}

/** Units are listed as they stand today, or on `as_of`; a question for a code shows every unit that ever had it. */
export function periodDay(source: Source, tree: Query, context: Context): string | null {
  if (source.noun.standing !== "reference" || context.asOf !== null) return context.asOf;
  return asksForCode(tree) ? null : context.today;
}

function asksForCode(query: Query): boolean {
  if (query.is === "and") return query.items.some(asksForCode);
  if (query.is === "or") return query.items.every(asksForCode);
  return query.is === "compare" && query.path === "code" && (query.compare === "=" || query.compare === "in");
}

export type Asked = {
  tree: Query;
  sort: string | undefined;
  fields: string | undefined;
  include: string | undefined;
  limit: number;
  cursor: string | undefined;
  count: "none" | "estimate" | "exact";
};
type Place = { person?: string; on: string | null; standing?: () => Promise<unknown>; settled?: () => Promise<Context> };

/** One page as text in pieces, and the cursor of the next one. */
export async function answerPage(
  parts: Parts,
  source: Source,
  context: Context,
  given: Asked,
  place: Place,
): Promise<{ cursor: string | null; text: (next: string | null) => Buffer[]; proven?: Proven }> {
  const asked = { ...given, sort: given.sort ?? source.usual };
  const hash = () => queryHash(source, asked, context, place);
  const rows: Rows = {
    query: asked.tree,
    sort: asked.sort,
    after: asked.cursor === undefined ? null : openCursor(parts.keys, hash(), asked.cursor, inCursor(context)),
    limit: asked.limit,
    // A territory's rows cannot be estimated without telling of others': whoever asks for an estimate is given the exact number.
    count: asked.count === "exact" || (asked.count === "estimate" && isBounded(source, context)),
    on: place.on,
    ...(place.person !== undefined && { person: place.person }),
  };
  const kept = parts.kept && { kept: parts.kept.maker };
  const compile = (of = context) => parts.pages.of(rows, asked, source, { ...of, ...kept });
  await requireKnown(parts.database, rows.query, source, context, compile);
  const first = compile();
  const reading = context.claims === undefined || first.settles ? first : compile(await place.settled!());
  // Compiled before it is asked what stands: what is wrong with the query is said first (api.md 1).
  await place.standing?.();
  const row = await reading.read(parts.database);
  for (const id of row.missed ?? []) parts.kept?.missed(id);
  const list = { ...rows, selection: reading.selection };
  const estimated = asked.count === "estimate" && !rows.count ? await estimateRows(parts.database, list, source, context) : undefined;
  const cursor = row.has_more && row.last ? sealCursor(parts.keys, hash(), row.last) : null;
  const meta = {
    ...(row.count !== null && { count: { value: Number(row.count), kind: "exact" } }),
    ...(estimated !== undefined && { count: { value: estimated, kind: "estimate" } }),
    ...(row.cut_at !== null && { cut_at: row.cut_at }),
    ...(context.asOf !== null && { as_of: context.asOf }),
    ...(reading.redacted.length > 0 && { redacted: reading.redacted }),
    plan: row.plan,
  };
  const data = reading.handing ? await deliverTo(parts.database, row.data.toString(), reading.handing, context) : row.data;
  const end = (next: string | null) =>
    `],"page":${JSON.stringify({ limit: asked.limit, next, cursor, has_more: row.has_more })},"meta":${JSON.stringify(meta)}}`;
  // A territory that was looked up before would be believed later; what is handed over is noted each time.
  const { proof } = reading === first && !reading.handing && asked.count === "none" ? reading : {};
  const proven = proof && row.proof && { ...proof, proof: Buffer.from(row.proof), more: row.has_more };
  return {
    cursor,
    ...(proven && { proven }),
    text: (next) => [BEGIN, typeof data === "string" ? Buffer.from(data) : data, Buffer.from(end(next))],
  };
}

const BEGIN = Buffer.from('{"data":[');

const inCursor = ({ inUrl }: Context) => (inUrl ? { parameter: "cursor" } : { pointer: "/cursor" });

/** What a cursor is bound to: the rows and their order, not what is shown of them, nor the day, so that it does not expire. */
function queryHash(source: Source, { tree, sort }: Asked, { asOf }: Context, { person }: Place): string {
  return createHash("sha256")
    .update(JSON.stringify([source.noun.name, tree, sort ?? "", asOf, person ?? ""]))
    .digest("base64url")
    .slice(0, 22);
}

function nextUrl(url: string, cursor: string): string {
  const [path = "", query = ""] = url.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("cursor", cursor);
  return `${path}?${parameters.toString()}`;
}

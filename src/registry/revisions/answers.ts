import type { FastifyReply, FastifyRequest } from "fastify";
import { readRecord } from "../../db/query/read.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { deliver } from "../../http/nouns/delivery.ts";
import { paged, pageAsked } from "../../http/nouns/pages.ts";
import { allowOnly, contextOf, invalid, single } from "../../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../../http/nouns/parts.ts";
import { answerVersion } from "../../http/nouns/records.ts";
import { entryOf, redactedOf, seenOf } from "./entries.ts";
import type { Entry } from "./entries.ts";
import type { Kept } from "./queries.ts";
import { readRevision, readRevisions, storedOf } from "./queries.ts";

/** How a request names the record whose history it asks for. */
export type IdOf = (parts: Parts, request: FastifyRequest) => string | Promise<string>;

/** A page of a record's history, the newest version first. */
export async function answerRevisions(
  parts: Parts,
  source: Source,
  idOf: IdOf,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const context = contextOf(request, parts);
  const bound = `revisions ${request.url.split("?")[0]}`;
  const { limit, after } = pageAsked(parts, request, bound, ["limit", "cursor"]);
  const id = await standing(parts, source, await idOf(parts, request), context);
  // One more than the page: it tells whether more follow, and what the last of the page changed.
  const asked = { before: after as number | null, limit: limit + 1 };
  const kept = await delivered(parts, await readRevisions(parts.database.reader, id, source, asked, context), source, context);
  const entries = kept.map((one, i) => (i < limit ? entryOf(source, one, kept[i + 1], context) : one));
  const page = paged(parts, entries, limit, bound, request, (row) => (row as Entry).version);
  if (page.page.next !== null) reply.header("link", `<${parts.publicUrl()}${page.page.next}>; rel="next"`);
  return { ...page, meta: redactedOf(source, context) };
}

/** One version of a record. */
export async function answerRevision(
  parts: Parts,
  source: Source,
  idOf: IdOf,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const query = request.query as RawQuery;
  allowOnly(query, ["diff"]);
  const version = numberOf("version", (request.params as { version: string }).version);
  const diff = query["diff"] === undefined ? null : numberOf("diff", single("diff", query["diff"]));
  const context = contextOf(request, parts);
  const id = await standing(parts, source, await idOf(parts, request), context);
  const found = await readRevision(parts.database.reader, id, source, { version, diff }, context);
  const [revision, other] = (await delivered(parts, [found.revision, found.other], source, context)) as [Kept, Kept | undefined];
  const entry = entryOf(source, revision, found.before, context, other);
  const body = { ...entry, diff: other?.version ?? null, record: seenOf(revision) ?? null };
  return answerVersion(version, JSON.stringify(body), request, reply);
}

/** Versions that may leave: their seals opened, and noted in the access log whose guarded fields they hold. */
async function delivered<K extends Kept | undefined>(parts: Parts, kept: readonly K[], source: Source, context: Context): Promise<K[]> {
  const texts = kept.map((one) => one?.record ?? "");
  const records = await deliver(parts.database, texts, source, storedOf(source), context);
  return kept.map((one, i) => (one?.record ? { ...one, record: records[i]! } : one));
}

/** The id, if the actor may read the record as it stands. @throws Problem `not-found`, `deleted` */
async function standing(parts: Parts, source: Source, id: string, context: Context): Promise<string> {
  await readRecord(parts.database.reader, id, source, { members: new Set(["id"]), include: {} }, context);
  return id;
}

function numberOf(parameter: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalid({ parameter }, "một số phiên bản, từ 1", "the number of a version, from 1");
}

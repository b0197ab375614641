import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isOfPeople, onlyDirectory } from "../../core/policy.ts";
import { attempts, Problem, problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import type { Checked } from "../../core/registry/validate.ts";
import { dayInVietnam } from "../../core/time/clock.ts";
import type { z } from "zod";
import type { Kept, KeptAnswers, Wanted } from "../../db/readers/kept.ts";
import { readRecordAt } from "../../db/query/past.ts";
import { readRecord } from "../../db/query/read.ts";
import { readSelection } from "../../db/query/selection.ts";
import type { Selection } from "../../db/query/selection.ts";
import type { Source } from "../../db/query/source.ts";
import type { Trace } from "../../db/write/access-log.ts";
import type { Precondition } from "../../db/write/records.ts";
import { scopeMissing } from "../access/auth.ts";
import { allowOnly, contextOf, dayOf, instantOf, settledContext, single } from "./parts.ts";
import type { Parts, RawQuery } from "./parts.ts";
import { deliver, handingOf, handOver } from "./delivery.ts";
import type { Handing } from "./delivery.ts";

type Json = Record<string, unknown>;

/** Reads one record as the request asks, and answers it with its ETag, or 304; `id` is looked up once the parameters are found good. */
export async function answerRecord(
  parts: Parts,
  source: Source,
  id: string | (() => Promise<string>),
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const query = request.query as RawQuery;
  allowOnly(query, ["fields", "include", "as_of", "known_at"]);
  const [asOf, instant] = attempts(
    "query",
    () => dayOf(query, "as_of"),
    () => instantOf(query, "known_at"),
  );
  const context = contextOf(request, parts, asOf);
  // The directory is of today: who consents to it has not consented to what once stood there.
  if (instant !== null && isOfPeople(source.noun) && onlyDirectory(context.actor)) throw scopeMissing("people:read");
  const one = (name: string) => (query[name] === undefined ? undefined : single(name, query[name]));
  const selection = readSelection(source, one("fields"), one("include"), context);
  const [reader, named] = [parts.database.reader, typeof id === "string" ? id : await id()];
  const wanted = instant === null ? parts.kept?.wanted(source, selection, context) : undefined;
  if (wanted && (await answerKept({ ...parts, kept: parts.kept! }, wanted, { source, selection, id: named }, request, reply))) return reply;
  const settled = context.claims === undefined ? context : await settledContext(request, parts, asOf);
  const record = await (instant === null
    ? readRecord(reader, named, source, selection, settled)
    : readRecordAt(reader, named, source, selection, settled, { instant, day: dayInVietnam(new Date(instant)) }));
  return answerVersion(record.version, await deliver(parts.database, record.body, source, selection, settled), request, reply);
}

/**
 * Answers from what is kept of a record, if it still holds; else false, and the answer is to be made.
 */
async function answerKept(
  parts: Parts & { kept: KeptAnswers },
  wanted: Wanted,
  { source, selection, id }: { source: Source; selection: Selection; id: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const known = request.headers["if-none-match"];
  const found = await (wanted.beside
    ? findGuarded(parts, { wanted, handing: handingOf(source, selection, wanted.context)! }, id, known, wanted.context.trace!)
    : findKept(parts.kept, wanted, id, known, true));
  if (!found) return false;
  reply.header("etag", found.etag);
  await (found.body === null ? reply.code(304).send() : reply.type("application/json; charset=utf-8").send(found.body));
  return true;
}

/**
 * The tag and the body of an answer that is kept and still holds, the tag alone where that is `known`; undefined where it is to be made.
 * A tag is decided by one indexed read of version, stamp and reach, before anything is shown; without `whole` nothing else is read.
 */
export function findKept(
  kept: KeptAnswers,
  wanted: Wanted,
  id: string,
  known: string | undefined,
  whole: boolean,
): Promise<Found | undefined> {
  const tell = (part: "tag" | "body", found: Kept | undefined): Found | undefined | null => {
    if (!found || found.hidden) return undefined;
    if (found.stamp === null || (part === "body" && found.body === null)) {
      if (found.stamp === null) kept.missed(id);
      return undefined;
    }
    const etag = `"${found.version}.${kept.tag(wanted, found.stamp)}"`;
    // A tag of an answer that was made when it was asked for is the hash of its text.
    const same =
      known !== undefined && (matches(known, etag) || (found.body !== null && matches(known, etagOf(found.version, found.body))));
    return same || part === "body" ? { etag, body: same ? null : found.body } : null;
  };
  const body = () => kept.read(wanted, id, "body").then((found) => tell("body", found) ?? undefined);
  if (known === undefined) return body();
  return kept.read(wanted, id, "tag").then((found) => {
    const told = tell("tag", found);
    return told === null ? (whole ? body() : undefined) : told;
  });
}

type Found = { etag: string; body: Buffer | null };

/** An answer with guarded members that is wanted, and what is to be done with it. */
export type Guarded = { wanted: Wanted; handing: Handing };

/**
 * The tag and the body of an answer with guarded members, of what is kept with those beside it; undefined where it is to be made. When it
 * comes back, who is given it stands in the access log.
 */
export async function findGuarded(
  { kept, database }: Pick<Parts, "database"> & { kept: KeptAnswers },
  { wanted, handing }: Guarded,
  id: string,
  known: string | undefined,
  trace: Trace,
): Promise<{ etag: string; body: Buffer | null } | undefined> {
  const found = await kept.read(wanted, id, "body");
  if (!found || found.hidden) return undefined;
  if (found.stamp === null) kept.missed(id);
  if (found.body === null || found.beside === null) return undefined;
  const record = handing.join(JSON.parse(String(found.body)) as Json, JSON.parse(String(found.beside)) as Json);
  if (!record) return undefined;
  await handOver(database, [record], handing, { ...wanted.context, trace });
  const body = Buffer.from(JSON.stringify(record));
  const etag = etagOf(found.version, body);
  return { etag, body: matches(known, etag) ? null : body };
}

/** Answers a version of a record as JSON text with its ETag, or 304. */
export function answerVersion(version: number, body: string, request: FastifyRequest, reply: FastifyReply): unknown {
  const etag = etagOf(version, body);
  reply.header("etag", etag);
  if (matches(request.headers["if-none-match"], etag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(body);
}

/** Version, then a hash of everything that shaped the answer: the answer itself. */
export const etagOf = (version: number, body: string | Buffer): string => `"${version}.${hash("sha256", body, "base64url").slice(0, 8)}"`;

/** `If-None-Match` compares weakly: a proxy may have weakened the tag. */
function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/**
 * The version that `If-Match` names: `"17.x7Qa"`, `"17"`, and a weakened `W/"17.x7Qa"` are equal.
 * @throws Problem `invalid-header` for `*`, which would lose updates, and for what is no tag of ours.
 */
export function preconditionOf(request: FastifyRequest): Precondition {
  const header = request.headers["if-match"];
  if (header === undefined) return { version: null };
  const [, version] = /^(?:W\/)?"(\d{1,10})(?:\.[\w-]*)?"$/.exec(header.trim()) ?? [];
  if (version !== undefined) return { version: Number(version) };
  const detail = {
    vi: "If-Match cần một ETag mà dịch vụ đã đưa ra, không nhận *.",
    en: "If-Match takes one ETag that the service gave out; * is not accepted.",
  };
  throw new Problem("invalid-header", { detail, errors: [{ code: "invalid-header", header: "if-match", detail }] });
}

/** The body as it came; unknown members are refused before the record is looked up (api.md 1). @throws Problem `unknown-field` */
export function bodyOf(request: FastifyRequest, shape: z.ZodObject): unknown {
  checkedOf(request, shape);
  return request.body;
}

/** The same, as far as it fits its shape, with what does not. */
export function checkedOf(request: FastifyRequest, shape: z.ZodObject): Checked {
  const checked = checkBody(shape, request.body);
  if (checked.violations.some(({ code }) => code === "unknown-field")) throw problemOf(checked.violations, "body");
  return checked;
}

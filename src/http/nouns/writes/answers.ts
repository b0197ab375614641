import type { FastifyReply, FastifyRequest } from "fastify";
import { isOfPeople, mayRead } from "../../../core/policy.ts";
import { attempts, Problem } from "../../../core/problems.ts";
import { readRecord, readRecords } from "../../../db/query/read.ts";
import { sourceOf } from "../../../db/query/source.ts";
import type { Context, Source } from "../../../db/query/source.ts";
import type { AnsweredWriting, Written } from "../../../db/write/facts.ts";
import type { Answer } from "../../../db/write/idempotency.ts";
import { isInside } from "../../../db/write/records.ts";
import type { Answering, Transaction } from "../../../db/write/transaction.ts";
import { inTurn } from "../../../db/write/turns.ts";
import { deliver } from "../delivery.ts";
import { allowOnly, contextOf, invalid, reasonOf, single } from "../parts.ts";
import type { Parts, RawQuery } from "../parts.ts";
import { etagOf } from "../records.ts";
import type { Shown } from "./shown.ts";
import { TRIAL_TYPE } from "../shapes.ts";
import { keyOf } from "./keys.ts";
import { closeAgain, withoutIdentity } from "./redaction.ts";

/** What a write route says of itself: its noun, the status of success, and what may go with it. */
export type WriteKind = {
  source: Source;
  status: 200 | 201 | 204;
  /** Collections of the record that the answer shows. */
  include?: string;
  /** Takes an `Idempotency-Key`: every POST that changes something. */
  keyed?: boolean;
  /** Parameters beside `reason` and `dry_run`. */
  parameters?: readonly string[];
  /** @throws Problem for their values */
  check?: (query: RawQuery) => void;
};

/** Runs a command as the request asks, and sends what it answers. */
export async function answerWrite(
  parts: Parts,
  kind: WriteKind,
  request: FastifyRequest,
  reply: FastifyReply,
  command: (writing: AnsweredWriting) => Promise<Answer>,
): Promise<unknown> {
  const context = contextOf(request, parts);
  const shown = shownOf(parts, kind, context);
  const writing = recordWriting(parts, kind, shown, request, context);
  return send(parts, kind.source, shown, writing, await command(writing), reply);
}

/**
 * Runs a command when no other one of this process writes the same record: who waits here holds no connection. In the database eight who
 * fought for one person took all six, and whoever wrote of others waited with them (2026-11).
 */
export const alone = ({ database }: Parts, id: string, command: () => Promise<Answer>): Promise<Answer> =>
  inTurn(database.turns, id, () => new Problem("overloaded", { headers: { "retry-after": "1" } }), command);

/** What the caller may read of what was written: without a read scope nothing but its id, code and version. */
function shownOf({ pages }: Parts, { source, status, include }: WriteKind, context: Context): Shown | null {
  // What came with a new record is at most as much as is shown.
  return mayRead(source.noun, context.actor) && status !== 204 ? pages.records.of(source, include, context, status === 201) : null;
}

/** Whether trials are offered: of people and what hangs on them. */
export const offersTrials = ({ noun }: Source): boolean => isOfPeople(noun);

/** What a command works with, from what goes with the request. @throws Problem with all that is wrong in headers and parameters */
function recordWriting(parts: Parts, kind: WriteKind, shown: Shown | null, request: FastifyRequest, context: Context): AnsweredWriting {
  const { source, keyed = false, parameters = [] } = kind;
  const query = request.query as RawQuery;
  const trials = offersTrials(source);
  const [, reason, dryRun, key] = attempts(
    "query",
    () => allowOnly(query, ["reason", ...(trials ? ["dry_run"] : []), ...parameters]),
    () => reasonOf(query),
    () => (trials ? trialOf(query) : false),
    () => (keyed ? keyOf(request, parts.keys) : null),
    () => kind.check?.(query),
  );
  const { workers, turns } = parts.database;
  return { workers, context, reason, answering: { ...telling(kind, shown, context), key, dryRun, turns } };
}

function trialOf(query: RawQuery): boolean {
  const value = query["dry_run"];
  if (value === undefined) return false;
  const text = single("dry_run", value);
  if (text !== "true" && text !== "false") throw invalid({ parameter: "dry_run" }, "true hoặc false", "true or false");
  return text === "true";
}

/** How a record that was written is told of, seals closed: they are opened, and that is noted, when the answer leaves. */
function telling(
  { source, status }: WriteKind,
  shown: Shown | null,
  context: Context,
): Pick<Answering<Written>, "present" | "several" | "repeat"> {
  const brief = ({ id, code, version }: Pick<Answer, "id" | "code" | "version">) =>
    status === 204 ? "" : JSON.stringify({ id, code, version });
  return {
    present: async (tx: Transaction, { code: coming, sure, ...written }: Written) => {
      // Who reads it back reads within the territory: only where nothing is found it is to be asked why.
      const why = async (error: unknown) => {
        await sure?.();
        throw error;
      };
      const reading =
        shown && readRecord(tx, written.id, source, shown.selection, context, shown.statement.one(written.id, context)).catch(why);
      const [record, code] = await Promise.all([reading, coming, shown ? undefined : sure?.()]);
      const told = { ...written, ...(code !== undefined && { code }) };
      return { status, ...told, body: record?.body ?? brief(told) };
    },
    several: {
      of: shown,
      present: async (tx, written) => {
        const ids = written.map(({ id }) => id);
        const bodies = shown && (await readRecords(tx, ids, shown.statement, context));
        const one = async ({ code: coming, sure, ...told }: Written, n: number) => {
          const [code] = await Promise.all([coming, bodies ? undefined : sure?.()]);
          const answer = { status, ...told, ...(code !== undefined && { code }) };
          return { ...answer, body: bodies?.[n] ?? brief(answer) };
        };
        return Promise.all(written.map(one));
      },
    },
    repeat: async (tx: Transaction, kept: Answer) => {
      if (kept.person !== null && !(await isInside(tx, sourceOf(context, "people"), kept.person, context))) throw new Problem("not-found");
      return { ...kept, body: shown ? closeAgain(kept.body, source, context) : brief(kept) };
    },
  };
}

async function send(
  parts: Parts,
  source: Source,
  shown: Shown | null,
  { answering: { dryRun }, context }: AnsweredWriting,
  { status, id, version, body: kept, ignored, repeated }: Answer,
  reply: FastifyReply,
): Promise<unknown> {
  const record = shown && !shown.asItIs ? await deliver(parts.database, kept, source, shown.selection, context) : kept;
  const body = ignored ? `${record.slice(0, -1)},"ignored":${JSON.stringify(ignored)}}` : record;
  reply.code(status);
  if (dryRun) reply.header("dry-run", "true");
  if (repeated) reply.header("idempotency-replayed", "true");
  if (status === 204) return reply.send();
  if (dryRun) return reply.type(TRIAL_TYPE).send(withoutIdentity(body, source, context));
  if (status === 201) reply.header("location", `${parts.publicUrl()}/v1/${source.noun.name}/${id}`);
  return reply.header("etag", etagOf(version, body)).type("application/json; charset=utf-8").send(body);
}

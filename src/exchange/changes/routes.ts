import type { FastifyReply, FastifyRequest } from "fastify";
import { nearest, Problem, attempts } from "../../core/problems.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { allowOnly, invalid, limitOf, single } from "../../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { readPosition, writePosition } from "./position.ts";
import type { Position } from "./position.ts";
import { readFeed, readHead } from "./queries.ts";
import type { FeedPage } from "./queries.ts";
import { EventPage, eventOf, toldNouns } from "./schema.ts";
import type { ToldNouns } from "./schema.ts";
import { waitingFor } from "./waiting.ts";
import type { Waiting } from "./waiting.ts";

const WAIT_S = 25;
const ABOUT =
  "Everything that was committed, in the order in which it was told: none is left out, none comes twice, versions of one record ascend, and nothing ever appears " +
  "behind a position already given out. Thin: an event says which record, what happened and its version; read the record for what it holds. " +
  "Begin with an export and the `position` of its last line; then ask `after` the `position` of the page before, with `wait` if nothing was left. " +
  "Without `people:read` only the reference data are told of. A token with a territory is told of the people inside and their facts; of one who comes in by " +
  "`person.entered` (read the person with all facts) and of one who goes out by `person.left` (remove both), also when a day passing does it.";

type Asked = { after: Position | null; limit: number; wait: number; tables: readonly string[] | null };

/** `GET /v1/changes`: the feed. */
export function changeRoutes({ app, parts }: Registering): void {
  const nouns = toldNouns(parts.catalog);
  const waiting = waitingFor(() => readHead(parts.database.reader));
  app.addHook("preClose", async () => waiting.stop());
  app.get("/v1/changes", {
    handlerTimeout: (WAIT_S + 5) * 1000,
    schema: {
      operationId: "listChanges",
      summary: "Follow what changes",
      description: ABOUT,
      tags: ["changes"],
      querystring: parameters(nouns),
      response: { 200: EventPage, ...problems(410) },
    },
    handler: (request, reply) => answerChanges(parts, nouns, waiting, request, reply),
  });
}

function parameters({ names }: ToldNouns) {
  const list = { type: "array", items: { type: "string", enum: names }, description: "Only events of these nouns." };
  return {
    type: "object",
    properties: {
      after: {
        type: "string",
        maxLength: 40,
        description: "The position up to which the events are known; left out: from the oldest kept.",
      },
      limit: { type: "integer", minimum: 1, maximum: 500, default: 50, description: "Events a page." },
      wait: {
        type: "integer",
        minimum: 0,
        maximum: WAIT_S,
        default: 0,
        description: "How many seconds to wait for an event if there is none.",
      },
      noun: list,
    },
  };
}

async function answerChanges(parts: Parts, nouns: ToldNouns, waiting: Waiting, request: FastifyRequest, reply: FastifyReply) {
  const asked = askedOf(request.query as RawQuery, nouns);
  const until = performance.now() + asked.wait * 1000;
  const page = await look(parts, asked, request);
  const found = asked.wait === 0 || isNews(page) ? page : await lookOn(parts, asked, page, { waiting, until }, request, reply);
  const source = `${parts.publicUrl()}/v1`;
  return {
    data: found.events.map((event) => eventOf(event, found.epoch, nouns, source)),
    position: writePosition({ epoch: found.epoch, n: found.scanned }),
    has_more: found.scanned < found.head,
  };
}

const isNews = ({ events, scanned, head }: FeedPage): boolean => events.length > 0 || scanned < head;

/** Each look begins where the last one ended, and those of a reader whom nothing concerns become fewer. */
async function lookOn(
  parts: Parts,
  asked: Asked,
  first: FeedPage,
  { waiting, until }: { waiting: Waiting; until: number },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FeedPage> {
  const leave = waiting.enter(request.actor.client);
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  try {
    let page = first;
    for (let rest = 0; ; rest = Math.min(1_000, rest * 2 + 100)) {
      await waiting.beyond(page.head, until, gone.signal);
      if (performance.now() >= until || waiting.stopped() || gone.signal.aborted) return page;
      page = await look(parts, { ...asked, after: { epoch: page.epoch, n: page.scanned } }, request);
      if (isNews(page)) return page;
      // Somebody else's news: a busy feed is not to be looked through ten times a second for each who waits.
      if (rest > 0) await waiting.beyond(null, Math.min(until, performance.now() + rest), gone.signal);
    }
  } finally {
    leave();
  }
}

/** @throws Problem `feed-position-expired`, `invalid-parameter`, `unavailable` */
async function look(parts: Parts, { after, limit, tables }: Asked, { actor }: FastifyRequest): Promise<FeedPage> {
  const page = await readFeed(parts.database.reader, { after: after?.n ?? null, limit, tables }, actor);
  if (!page) throw new Problem("unavailable", { headers: { "retry-after": "1" } });
  if (after !== null && (after.epoch !== page.epoch || after.n < page.removed)) throw expired(parts, page);
  if (after !== null && after.n > page.head) {
    throw invalid(
      { parameter: "after" },
      "một vị trí đã được trả ra; vị trí này chưa có",
      "a position that was given out; this one was not yet",
    );
  }
  return page;
}

function expired({ publicUrl }: Parts, { epoch, removed }: FeedPage): Problem {
  const oldest = writePosition({ epoch, n: removed });
  const detail = {
    vi: `Vị trí này không còn theo tiếp được. Hãy xuất lại (GET ${publicUrl()}/v1/people/export, và các danh từ khác), thay bản sao của bạn bằng bản xuất, rồi theo từ “position” ở dòng cuối của nó. Vị trí cũ nhất còn giữ là ${oldest}.`,
    en: `This position can no longer be followed. Export anew (GET ${publicUrl()}/v1/people/export, and the other nouns), put it in place of your copy, and follow from the \`position\` in its last line. The oldest position kept is ${oldest}.`,
  };
  return new Problem("feed-position-expired", {
    detail,
    errors: [{ code: "feed-position-expired", detail, parameter: "after" }],
    members: { oldest },
  });
}

function askedOf(query: RawQuery, nouns: ToldNouns): Asked {
  const one = (name: string) => (query[name] === undefined ? undefined : single(name, query[name]));
  const [, after, limit, wait, tables] = attempts(
    "query",
    () => allowOnly(query, ["after", "limit", "wait", "noun"]),
    () => positionOf(one("after")),
    () => limitOf(one("limit")),
    () => secondsOf(one("wait")),
    () => tablesOf(query["noun"], nouns),
  );
  return { after, limit, wait, tables };
}

function positionOf(text: string | undefined): Position | null {
  const position = text === undefined ? null : readPosition(text);
  if (position !== undefined) return position;
  throw invalid(
    { parameter: "after" },
    "một vị trí như dịch vụ đã trả ra: hai số và dấu chấm ở giữa",
    "a position as the service gave it out: two numbers with a point between",
  );
}

function secondsOf(text = "0"): number {
  if (/^\d{1,2}$/.test(text) && Number(text) <= WAIT_S) return Number(text);
  throw invalid({ parameter: "wait" }, `số giây từ 0 đến ${WAIT_S}`, `seconds from 0 to ${WAIT_S}`);
}

function tablesOf(given: string | string[] | undefined, { names, tableOf }: ToldNouns): readonly string[] | null {
  if (given === undefined) return null;
  const wanted = [given].flat().flatMap((text) => text.split(","));
  const unknown = wanted.filter((name) => tableOf(name) === undefined);
  if (unknown.length === 0) return wanted.map((name) => tableOf(name)!);
  const errors = unknown.slice(0, 100).map((name) => {
    const near = nearest(name, names);
    const detail = { vi: `Không có danh từ “${name.slice(0, 80)}”.`, en: `There is no noun \`${name.slice(0, 80)}\`.` };
    return { code: "invalid-parameter" as const, parameter: "noun", detail, ...(near !== undefined && { did_you_mean: near }) };
  });
  throw new Problem("invalid-parameter", { detail: errors[0]!.detail, errors });
}

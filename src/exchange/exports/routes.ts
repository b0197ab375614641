import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Scope } from "../../core/actor.ts";
import { ruleOf } from "../../core/policy/operations.ts";
import type { Noun } from "../../core/registry/noun.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { requireKnown } from "../../db/readers/codes.ts";
import { scopeMissing } from "../../http/access/auth.ts";
import { listParameters } from "../../http/nouns/list-shapes.ts";
import { plural } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import type { Parts } from "../../http/nouns/parts.ts";
import { exportLines } from "./lines.ts";
import { exportStatement } from "./queries.ts";
import { exportOf, NDJSON } from "./request.ts";
import { exportSlots } from "./slots.ts";
import type { Slots } from "./slots.ts";

const HANDLER_MS = 30 * 60_000;
const OFFERED = [NDJSON, "application/json", "text/csv"] as const;
const ABOUT =
  "Every record that the query finds, in the order of ids and from one snapshot, as NDJSON: one record a line, included arrays whole " +
  '(people come with all their facts unless `fields` or `include` say otherwise). The last line is `{"end":true,"count":N,"sha256":"...","position":"1795459200.4711"}`, ' +
  "with the SHA-256 of the bytes before it: without that line the export was cut and must be done again. " +
  "`position` is where to follow `GET /v1/changes` from: an event may repeat what the export holds, none is missed. " +
  "At most two at once for a client.";

/** `/v1/<noun>/export` of every noun that has a list. */
export function exportRoutes(registering: Registering): void {
  const { parts } = registering;
  const slots = exportSlots(Math.max(1, Math.floor((parts.database.workers.options.max ?? 2) / 2)));
  const listed = Object.values(parts.catalog).filter(({ noun }) => noun.name !== "codes");
  for (const source of listed) exportRoute(registering, source, slots);
}

function exportRoute({ app, parts }: Registering, source: Source, slots: Slots): void {
  const { noun } = source;
  const also = ownScopes(noun);
  app.get(`/v1/${noun.name}/export`, {
    config: { produces: OFFERED },
    handlerTimeout: HANDLER_MS,
    schema: {
      operationId: `export${plural(noun)}`,
      summary: `Export ${noun.name}`,
      description: also.length > 0 ? `${ABOUT} Needs ${also.map((scope) => `\`${scope}\``).join(" or ")} beside \`exports\`.` : ABOUT,
      ...(also.length > 0 && { "x-scope-also": also }),
      tags: [noun.name],
      querystring: exportParameters(noun, parts),
      response: {
        200: {
          description: "NDJSON; each line one record, the last the end record.",
          content: { [NDJSON]: { schema: { type: "string" } } },
        },
        ...problems(406, 429),
      },
    },
    handler: (request, reply) => answerExport(parts, source, slots, request, reply),
  });
}

/** The noun's own scopes, of which an export needs one as well: reference nouns are read with any valid token. */
function ownScopes(noun: Noun): readonly Scope[] {
  const rule = ruleOf(`export${plural(noun)}`);
  if (!rule) throw new Error(`the policy does not say who may export ${noun.name}`);
  return rule.also ?? [];
}

async function answerExport(
  parts: Parts,
  source: Source,
  slots: Slots,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const also = ownScopes(source.noun);
  if (also.length > 0 && !also.some((scope) => request.actor.scopes.has(scope))) throw scopeMissing(...also);
  const { asked, context } = exportOf(parts, source, request);
  const compile = () => exportStatement(asked, source, context);
  await requireKnown(parts.database, asked.query, source, context, compile);
  compile();
  reply.header("content-disposition", `attachment; filename="${source.noun.name}.ndjson"`).type(NDJSON);
  if (request.method === "HEAD") return reply.send();
  const release = slots(request.actor.client);
  const gone = new AbortController();
  const end = () => {
    gone.abort();
    release();
  };
  reply.raw.once("close", end);
  // Who hung up before this has been closed already, which is said once: the place would never be free again.
  if (reply.raw.destroyed) end();
  await noteExport(parts, source, request, context);
  return reply.send(Readable.from(exportLines(parts.database, asked, source, context, gone.signal), { objectMode: false }));
}

/** Parameters by name: a filter's value may be somebody's. */
async function noteExport({ database }: Parts, { noun }: Source, request: FastifyRequest, { actor, trace }: Context): Promise<void> {
  const detail = { noun: noun.name, parameters: Object.keys(request.query as object), purpose: actor.purpose };
  await database.events.record({ kind: "export", actor, ...(trace && { trace }), detail });
}

function exportParameters(noun: Noun, { catalog }: Parts) {
  const { properties } = listParameters(noun, catalog) as { properties: Record<string, unknown> };
  const { limit: _limit, cursor: _cursor, count: _count, sort: _sort, ...kept } = properties;
  const format = { type: "string", enum: ["ndjson"], description: "The format, in place of `Accept`." };
  const sort = { type: "string", enum: ["id"], description: "Exports are in the order of ids." };
  return { type: "object", properties: { ...kept, sort, format } };
}

import { z } from "zod";
import { Problem } from "../core/problems.ts";
import { Reference } from "../core/registry/noun.ts";
import { isPartialDate } from "../core/time/partial-date.ts";
import { localityOn } from "../db/query/nodes.ts";
import { requireShown, requireStanding } from "../db/query/read.ts";
import type { Source } from "../db/query/source.ts";
import type { Statement } from "../db/statement.ts";
import { plural } from "../http/nouns/nouns.ts";
import type { Registering } from "../http/nouns/nouns.ts";
import { problems } from "../http/openapi.ts";
import { allowOnly, contextOf, dayOf, idOf, invalid } from "../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../http/nouns/parts.ts";
import type { FastifyRequest } from "fastify";

/** Statements that answer rows of one column, `edge`: a step of the lineage as JSON. */
export type Lineage = Record<"successors" | "predecessors", (id: string, asOf: string) => Statement>;

const Edge = z
  .looseObject({
    locality: Reference.optional(),
    organization: Reference.optional(),
    kind: z.enum(["rename", "merge", "split", "transfer"]).nullable().meta({ description: "How the one became the other." }),
    share: z.number().nullable().optional().meta({ description: "Share of the predecessor that went over, if known." }),
    effective_on: z.iso.date().nullable(),
    document: z.string().nullable(),
  })
  .meta({ id: "LineageEdge", description: "What a unit became, or what it came from." });
const Edges = z.object({ data: z.array(Edge) }).meta({ id: "Lineage", description: "Successors or predecessors." });

const asOf = {
  type: "object",
  properties: { as_of: { type: "string", format: "date", description: "Who stood for it on this day; today if left out." } },
};

/** `GET /v1/<noun>/{id}/successors` and `/predecessors`. */
export function lineageRoutes({ app, parts }: Registering, source: Source, lineage: Lineage): void {
  const { noun } = source;
  for (const way of ["successors", "predecessors"] as const) {
    app.get(`/v1/${noun.name}/:id/${way}`, {
      schema: {
        operationId: `list${noun.shape}${way === "successors" ? "Successors" : "Predecessors"}`,
        summary: way === "successors" ? "What it became" : "What it came from",
        description: `${plural(noun)} that stand for it on \`as_of\`, following every step.`,
        tags: [noun.name],
        params: unitParams(noun.fields["id"]!.example as string),
        querystring: asOf,
        response: { 200: Edges, ...problems(404, 410) },
      },
      handler: async (request) => {
        const query = request.query as RawQuery;
        allowOnly(query, ["as_of"]);
        const id = await unitOf(parts, request, source);
        await requireShown(parts.database.reader, noun, id);
        const rows = await parts.database.reader.read(lineage[way](id, dayOf(query, "as_of") ?? contextOf(request, parts).today));
        return { data: rows };
      },
    });
  }
}

export const unitParams = (example: string): z.ZodObject =>
  z.object({ id: z.string().max(40).meta({ description: "Id; a locality also by `CODE@DAY`.", example }) });

/** The id of the unit in the path; a locality may be named `CODE@DAY`. @throws Problem `not-found` */
export async function unitOf(parts: Parts, request: FastifyRequest, { noun }: Source): Promise<string> {
  const named = (request.params as { id: string }).id;
  const [code = "", day] = named.split("@");
  if (noun.name !== "localities" || day === undefined) return requireStanding(parts.database.reader, noun, idOf(request));
  if (!/^\d{2,5}$/.test(code) || !/^\d{4}-\d\d-\d\d$/.test(day) || !isPartialDate(day))
    throw invalid({ parameter: "id" }, "một id hoặc MÃ@NGÀY", "an id or CODE@DAY");
  const [found] = await parts.database.reader.read<{ id: string }>(localityOn(code, day));
  if (!found) throw new Problem("not-found");
  return found.id;
}

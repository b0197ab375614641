import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Registering } from "../../http/nouns/nouns.ts";
import { allowOnly, contextOf, idOf, invalid, single } from "../../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../../http/nouns/parts.ts";
import { idParams } from "../../http/nouns/shapes.ts";
import { problems } from "../../http/openapi.ts";
import { accepts } from "../../http/traffic/accept.ts";
import { DataRequest } from "../data-requests/schema.ts";
import { copyOf } from "./copy.ts";
import { COPY_POLICY, copyDocument } from "./document.ts";
import { ownNouns } from "./queries.ts";

const [JSON_TYPE, HTML_TYPE] = ["application/json", "text/html"] as const;
const open = z.array(z.looseObject({}));

/** Everything about a person, as the person is given it. */
const DataCopy = z
  .object({
    made_at: z.iso.datetime().meta({ description: "When it was made." }),
    request: z.looseObject({}).meta({ description: "The request that it answers." }),
    person: z.looseObject({}).meta({ description: "The person's own record, every field of it." }),
    records: z.record(z.string(), open).meta({ description: "Facts with their sources, consents and requests, by noun; hidden ones too." }),
    access: open.meta({ description: "Who was given guarded fields, when and why, the latest first." }),
    history: open.meta({ description: "Every change of these records, in its order." }),
  })
  .meta({ id: "DataCopy", description: "Everything that the registry holds about a person." });

/** `GET /v1/data-requests/{id}/copy`: what a person is given who asks to see. */
export function copyRoute({ app, parts }: Registering): void {
  app.get("/v1/data-requests/:id/copy", {
    config: { produces: [JSON_TYPE, HTML_TYPE] },
    schema: {
      operationId: "getDataCopy",
      summary: "Make the person's own copy",
      description:
        "Of an approved request to view or copy: everything that the registry holds about the person, for machines as JSON, for the person as one page in Vietnamese that can be printed (`format=html`, or `Accept: text/html`). It holds restricted and sensitive values: the access log notes who made it, for the purpose `data-subject-request`.",
      tags: [DataRequest.name],
      params: idParams(DataRequest),
      querystring: {
        type: "object",
        properties: { format: { type: "string", enum: ["json", "html"], description: "The form, in place of `Accept`." } },
      },
      response: {
        200: {
          description: "The copy.",
          content: { [JSON_TYPE]: { schema: DataCopy }, [HTML_TYPE]: { schema: { type: "string" } } },
        },
        ...problems(404, 406, 409, 410),
      },
    },
    handler: (request, reply) => answerCopy(parts, request, reply),
  });
}

async function answerCopy(parts: Parts, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const query = request.query as RawQuery;
  allowOnly(query, ["format"]);
  const form = formOf(query, request.headers.accept);
  const context = contextOf(request, parts);
  const { names, ...copy } = await copyOf(parts, idOf(request), context);
  if (form === "json") return reply.type(`${JSON_TYPE}; charset=utf-8`).send(JSON.stringify(copy));
  const nouns = ownNouns(context).map(({ noun }) => noun);
  return reply
    .type(`${HTML_TYPE}; charset=utf-8`)
    .headers({ "content-security-policy": COPY_POLICY, "content-language": "vi", "referrer-policy": "no-referrer" })
    .send(copyDocument({ ...copy, names }, nouns));
}

function formOf(query: RawQuery, accept: string | undefined): "json" | "html" {
  const format = query["format"] === undefined ? undefined : single("format", query["format"]);
  if (format === "json" || format === "html") return format;
  if (format !== undefined) throw invalid({ parameter: "format" }, "json hoặc html", "json or html");
  return accept !== undefined && !accepts(accept, JSON_TYPE) && accepts(accept, HTML_TYPE) ? "html" : "json";
}

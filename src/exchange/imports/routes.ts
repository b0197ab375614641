import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { writeParameters } from "../../http/nouns/list-shapes.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { allowOnly, contextOf, idOf, single, writingOf } from "../../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../../http/nouns/parts.ts";
import { pageAsked, paged } from "../../http/nouns/pages.ts";
import { bodyOf } from "../../http/nouns/records.ts";
import { idempotencyKey } from "../../http/nouns/writes/declarations.ts";
import { keyOf } from "../../http/nouns/writes/keys.ts";
import { cancelImport, changeImport, commitImport, createImport, decideRow } from "./commands.ts";
import { findSupplier, readImport, readImports, readRows } from "./queries.ts";
import { ChangeImport, DecideRow, Import, ImportPage, ImportRow, ImportRowPage, OUTCOMES } from "./schema.ts";
import { noteImport, noteRows } from "../uploads/notes.ts";
import { readUpload, uploadShape } from "../uploads/multipart.ts";

const params = z.object({ id: z.uuid().meta({ description: "Id of the import.", example: "019a0000-0000-7000-8000-000000000050" }) });
const rowParams = params.extend({
  row_id: z.uuid().meta({ description: "Id of the row.", example: "019a0000-0000-7000-8000-000000000051" }),
});
const tags = ["imports"];
const page = {
  limit: { type: "integer", minimum: 1, maximum: 500, default: 50, description: "Records a page." },
  cursor: { type: "string", maxLength: 4096, description: "`page.cursor` of the page before." },
};

/** `/v1/imports`: an office's spreadsheet on its way into the registry. */
export function importRoutes(registering: Registering, maxBytes: number): void {
  uploadRoute(registering, maxBytes);
  readRoutes(registering);
  changeRoutes(registering);
}

function uploadRoute({ app, parts }: Registering, maxBytes: number): void {
  app.post("/v1/imports", {
    bodyLimit: maxBytes + 64 * 1024,
    handlerTimeout: 10 * 60_000,
    schema: {
      operationId: "createImport",
      summary: "Bring in a spreadsheet",
      tags,
      description:
        "xlsx, xls or csv (UTF-8, UTF-16, windows-1258; TCVN3 within any of them). Analysed in the background; nothing reaches the registry before `POST /v1/imports/{id}/commitment`.",
      querystring: writeParameters(),
      body: { content: { "multipart/form-data": { schema: uploadShape } } },
      response: { 202: Import, ...problems(409) },
    },
    handler: async (request, reply) => {
      const writing = writingOf(request, parts);
      const upload = await readUpload(request, maxBytes);
      const organizationId = await findSupplier(parts.database.reader, upload.organization, writing.context);
      const id = await createImport(writing, { ...upload, organizationId });
      await noteImport(parts.database, writing.context, "upload", id);
      return answerImport(parts, id, request, reply.code(202).header("location", `${parts.publicUrl()}/v1/imports/${id}`));
    },
  });
}

function readRoutes({ app, parts }: Registering): void {
  app.get("/v1/imports", {
    schema: {
      operationId: "listImports",
      summary: "List imports",
      description: "Those of suppliers below the token's `org`, and the client's own; the newest first.",
      tags,
      querystring: { type: "object", properties: page },
      response: { 200: ImportPage },
    },
    handler: async (request) => {
      const { limit, after } = pageAsked(parts, request, "imports", ["limit", "cursor"]);
      const rows = await readImports(parts.database.reader, contextOf(request, parts), after as string | null, limit);
      return paged(parts, rows, limit, "imports", request, (row) => (row as { id: string }).id);
    },
  });
  app.get("/v1/imports/:id", {
    schema: {
      operationId: "getImport",
      summary: "Read an import",
      description: "Its state, counts that add up, and how each column was recognised.",
      tags,
      params,
      response: { 200: Import, ...problems(404) },
    },
    handler: (request, reply) => {
      allowOnly(request.query as RawQuery, []);
      return answerImport(parts, idOf(request), request, reply);
    },
  });
  app.get("/v1/imports/:id/rows", {
    schema: {
      operationId: "listImportRows",
      summary: "List the rows of an import",
      description:
        "Each person's row with its outcome, the values as the registry would hold them, and every doubtful cell by its address.",
      tags,
      params,
      querystring: {
        type: "object",
        properties: { ...page, outcome: { type: "string", enum: [...OUTCOMES], description: "Only rows with this outcome." } },
      },
      response: { 200: ImportRowPage, ...problems(404) },
    },
    handler: async (request) => {
      const id = idOf(request);
      const { limit, after, query } = pageAsked(parts, request, id, ["limit", "cursor", "outcome"]);
      const outcome = query["outcome"] === undefined ? null : single("outcome", query["outcome"]);
      const context = contextOf(request, parts);
      const rows = await readRows(parts.database.reader, context, id, { after: after as number | null, limit, outcome });
      await noteRows(parts.database.access, rows.slice(0, limit), context);
      return paged(parts, rows, limit, id, request, (row) => (row as { position: number }).position, withoutPosition);
    },
  });
}

function changeRoutes({ app, parts }: Registering): void {
  app.patch("/v1/imports/:id", {
    schema: {
      operationId: "changeImport",
      summary: "Correct the columns",
      description: "The file is analysed again. Imports have no version, so no `If-Match`.",
      tags,
      params,
      querystring: writeParameters(),
      body: { content: { "application/merge-patch+json": { schema: ChangeImport }, "application/json": { schema: ChangeImport } } },
      response: { 200: Import, ...problems(404, 409) },
    },
    handler: async (request, reply) => {
      await changeImport(writingOf(request, parts), idOf(request), bodyOf(request, ChangeImport));
      return answerImport(parts, idOf(request), request, reply);
    },
  });
  app.patch("/v1/imports/:id/rows/:row_id", {
    schema: {
      operationId: "decideImportRow",
      summary: "Decide a doubtful row",
      description: "Doubtful rows that nobody decides stay out of the commitment.",
      tags,
      params: rowParams,
      querystring: writeParameters(),
      body: { content: { "application/merge-patch+json": { schema: DecideRow }, "application/json": { schema: DecideRow } } },
      response: { 200: ImportRow, ...problems(404, 409) },
    },
    handler: async (request) => {
      const [id, rowId] = [idOf(request), idOf(request, "row_id")];
      await decideRow(writingOf(request, parts), id, rowId, bodyOf(request, DecideRow));
      const context = contextOf(request, parts);
      const [row] = await readRows(parts.database.reader, context, id, { after: null, limit: 1, outcome: null, rowId });
      await noteRows(parts.database.access, [row!], context);
      return withoutPosition(row!);
    },
  });
  app.post("/v1/imports/:id/commitment", {
    schema: {
      operationId: "commitImport",
      summary: "Apply an import",
      description: "Applies all rows without error in one transaction, in the background.",
      tags,
      params,
      querystring: writeParameters(),
      headers: idempotencyKey,
      response: { 202: Import, ...problems(404, 409, 422) },
    },
    handler: async (request, reply) => {
      const [writing, id, key] = [writingOf(request, parts), idOf(request), keyOf(request, parts.keys)];
      await noteImport(parts.database, writing.context, "commitment", id);
      const { body, repeated } = await commitImport(writing, id, { key, turns: parts.database.turns });
      if (repeated) reply.header("idempotency-replayed", "true");
      return reply.code(202).type("application/json; charset=utf-8").send(body);
    },
  });
  app.delete("/v1/imports/:id", {
    schema: {
      operationId: "cancelImport",
      summary: "Give an import up",
      description: "Only before its commitment.",
      tags,
      params,
      querystring: writeParameters(),
      response: { 204: { description: "Cancelled.", type: "null" }, ...problems(404, 409) },
    },
    handler: async (request, reply) => {
      await cancelImport(writingOf(request, parts), idOf(request));
      return reply.code(204).send();
    },
  });
}

async function answerImport(parts: Parts, id: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const found = await readImport(parts.database.reader, contextOf(request, parts), id);
  return reply.type("application/json; charset=utf-8").send(found);
}

const withoutPosition = ({ position: _position, ...row }: { position?: number }): object => row;

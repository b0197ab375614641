import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Checked } from "../../../core/registry/validate.ts";
import type { Source } from "../../../db/query/source.ts";
import type { AnsweredWriting } from "../../../db/write/facts.ts";
import type { Answer } from "../../../db/write/idempotency.ts";
import type { Precondition } from "../../../db/write/records.ts";
import { problems } from "../../openapi.ts";
import type { Registering } from "../nouns.ts";
import { idOf } from "../parts.ts";
import type { RawQuery } from "../parts.ts";
import { bodyOf, checkedOf, preconditionOf } from "../records.ts";
import { idParams, written } from "../shapes.ts";
import { alone, answerWrite, offersTrials } from "./answers.ts";
import { LONGEST_KEY } from "./keys.ts";

type JsonSchema = Record<string, unknown>;
type About = { summary: string; description: string };

/** The commands by which one record of a noun is changed, hidden and brought back. */
export type RecordCommands = {
  change(writing: AnsweredWriting, id: string, precondition: Precondition, patch: unknown): Promise<Answer>;
  delete(writing: AnsweredWriting, id: string, precondition: Precondition): Promise<Answer>;
  restore(writing: AnsweredWriting, id: string): Promise<Answer>;
};

/** How a noun's records are written: in which shape, and what is to be said of each operation. */
export type RecordWrites = {
  source: Source;
  shape: z.ZodObject;
  commands: RecordCommands;
  about: { change: About; delete: About; restore: About };
};

/** The same of a noun whose records are changed alone. */
type Changes = Pick<RecordWrites, "source" | "shape"> & { commands: Pick<RecordCommands, "change">; about: { change: About } };

/** How a record is created: `path` may name the one on which it hangs. */
export type Creation = {
  source: Source;
  path: string;
  /** `create` with the noun's shape if left out. */
  operationId?: string;
  params?: z.ZodObject;
  shape: z.ZodObject;
  about: About;
  /** Parameters of its own beside those of every write. */
  parameters?: Record<string, JsonSchema>;
  /** @throws Problem for their values */
  check?: (query: RawQuery) => void;
  /** Collections that the answer shows. */
  include?: (body: unknown) => string | undefined;
  create: (writing: AnsweredWriting, body: unknown, request: FastifyRequest, checked: Checked) => Promise<Answer>;
};

/** The header of a change: what it is made from. */
export const ifMatch = z.object({
  "if-match": z.string().meta({ description: "The `ETag` or version that the change is made from.", example: '"1"' }),
});

/** The header of a POST that may safely be sent again. */
export const idempotencyKey = z.object({
  "idempotency-key": z.string().max(LONGEST_KEY).optional().meta({
    description:
      "A value of the client's own for this one request, such as a UUID: sent again within 72 hours it acts once and is answered alike.",
    example: "5f0c2a0e-8a51-4d0b-9d0e-7a2b6c1d3e4f",
  }),
});

/** The parameters of a noun's writes. */
export function writeParametersOf(source: Source, own: Record<string, JsonSchema> = {}): JsonSchema {
  const reason = {
    type: "string",
    maxLength: 300,
    description: "Why: kept in the history.",
    examples: ["Cập nhật theo báo cáo quý III"],
  };
  const trial = {
    type: "boolean",
    default: false,
    description:
      "Do and check everything, then take it back: the same answer without `id`, `code`, `version` and `Location`, with `Dry-Run: true`.",
  };
  return { type: "object", properties: { reason, ...(offersTrials(source) && { dry_run: trial }), ...own } };
}

/** `POST`: a new record. */
export function createRoute({ app, parts, shapes }: Registering, creation: Creation): void {
  const {
    source,
    path,
    operationId = `create${source.noun.shape}`,
    params,
    shape,
    about,
    parameters = {},
    check,
    include,
    create,
  } = creation;
  app.post(path, {
    schema: {
      operationId,
      ...about,
      tags: [source.noun.name],
      ...(params && { params }),
      querystring: writeParametersOf(source, parameters),
      headers: idempotencyKey,
      body: shape,
      response: { 201: written(shapes, source), ...problems(404, 409, ...(params ? [410] : [])) },
    },
    handler: (request, reply) => {
      const shown = include?.(request.body);
      const kind = {
        source,
        status: 201,
        keyed: true,
        parameters: Object.keys(parameters),
        ...(check && { check }),
        ...(shown !== undefined && { include: shown }),
      } as const;
      // What hangs on a record waits for it like its own changes.
      const { id } = request.params as { id?: string };
      return answerWrite(parts, kind, request, reply, (writing) => {
        const checked = checkedOf(request, shape);
        const created = () => create(writing, request.body, request, checked);
        return id === undefined ? created() : alone(parts, id, created);
      });
    },
  });
}

/** `PATCH`, `DELETE` and `POST .../restorations` of one record. */
export function recordWriteRoutes(registering: Registering, writes: RecordWrites): void {
  changeRoute(registering, writes);
  deleteRoute(registering, writes);
  restoreRoute(registering, writes);
}

const pathOf = ({ noun }: Source): string => `/v1/${noun.name}/:id`;
const usual = ({ source }: Pick<RecordWrites, "source">) => ({
  tags: [source.noun.name],
  params: idParams(source.noun),
  querystring: writeParametersOf(source),
});

/** `PATCH` of one record. */
export function changeRoute({ app, parts, shapes }: Registering, writes: Changes): void {
  const { source, shape, commands, about } = writes;
  app.patch(pathOf(source), {
    schema: {
      ...usual(writes),
      operationId: `change${source.noun.shape}`,
      ...about.change,
      headers: ifMatch,
      body: { content: { "application/merge-patch+json": { schema: shape }, "application/json": { schema: shape } } },
      response: { 200: written(shapes, source), ...problems(404, 409, 410, 412, 428) },
    },
    handler: (request, reply) =>
      answerWrite(parts, { source, status: 200 }, request, reply, (writing) => {
        const [id, precondition, body] = [idOf(request), preconditionOf(request), bodyOf(request, shape)];
        return alone(parts, id, () => commands.change(writing, id, precondition, body));
      }),
  });
}

function deleteRoute({ app, parts }: Registering, writes: RecordWrites): void {
  const { source, commands, about } = writes;
  app.delete(pathOf(source), {
    schema: {
      ...usual(writes),
      operationId: `delete${source.noun.shape}`,
      ...about.delete,
      headers: ifMatch,
      response: { 204: { description: "Hidden.", type: "null" }, ...problems(404, 409, 410, 412, 428) },
    },
    handler: (request, reply) =>
      answerWrite(parts, { source, status: 204 }, request, reply, (writing) => {
        const [id, precondition] = [idOf(request), preconditionOf(request)];
        return alone(parts, id, () => commands.delete(writing, id, precondition));
      }),
  });
}

function restoreRoute({ app, parts, shapes }: Registering, writes: RecordWrites): void {
  const { source, commands, about } = writes;
  app.post(`${pathOf(source)}/restorations`, {
    schema: {
      ...usual(writes),
      operationId: `restore${source.noun.shape}`,
      ...about.restore,
      headers: idempotencyKey,
      response: { 201: written(shapes, source), ...problems(404, 409, 410, 422) },
    },
    handler: (request, reply) =>
      answerWrite(parts, { source, status: 201, keyed: true }, request, reply, (writing) =>
        alone(parts, idOf(request), () => commands.restore(writing, idOf(request))),
      ),
  });
}

import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Field } from "../../core/registry/field.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { PURPOSES, SCOPES } from "../../core/actor.ts";
import { Problem } from "../../core/problems.ts";
import type { Catalog } from "../../db/query/source.ts";
import { Label } from "../failures/problem-pages.ts";
import { allowOnly, LIMITS } from "./parts.ts";
import type { RawQuery } from "./parts.ts";

const FieldShape = z
  .object({
    name: z.string(),
    type: z.string(),
    label: Label,
    description: z.string(),
    class: z.enum(["public", "internal", "restricted", "sensitive"]),
    operators: z.array(z.string()),
    sortable: z.boolean(),
    groupable: z.boolean(),
    writable: z.enum(["create", "always", "never"]),
    nullable: z.boolean(),
    in_body_only: z.boolean(),
    scheme: z.string().optional(),
    values: z.array(z.string()).optional(),
    example: z.unknown(),
  })
  .meta({ id: "FieldDescription", description: "A field of a noun, and what can be asked of it." });

const NounShape = z
  .object({
    name: z.string(),
    label: Label,
    description: z.string(),
    fields: z.array(FieldShape),
    collections: z.record(z.string(), z.string()),
    relations: z.record(z.string(), z.string()),
    parameters: z.array(z.string()),
    combinations: z
      .array(z.object({ filters: z.array(z.string()), sort: z.string().optional() }))
      .meta({ description: "Filters and a sort that are indexed as a whole, beside each filter and each sort alone." }),
  })
  .meta({ id: "NounDescription", description: "A noun's fields, with what each can do." });

const Overview = z
  .object({
    nouns: z.array(z.object({ name: z.string(), label: Label, url: z.string() }).meta({ id: "NounInShort" })),
    scopes: z.array(z.string()),
    purposes: z.array(z.string()),
    limits: z.record(z.string(), z.int()),
  })
  .meta({ id: "Overview", description: "What there is." });

const WIRE: Partial<Record<Field["kind"], string>> = {
  sealed: "text",
  json: "object",
  texts: "list of texts",
  name: "name",
  place: "locality",
  unit: "organization",
};

/** `GET /v1/meta` and `/v1/meta/{noun}`: the field registry as clients may read it. */
export function metaRoutes(app: FastifyInstance, catalog: Catalog): void {
  const nouns = Object.values(catalog).map(({ noun }) => noun);
  app.get("/v1/meta", {
    schema: {
      operationId: "getOverview",
      summary: "What there is",
      description: "Nouns, scopes, purposes and limits.",
      tags: ["meta"],
      response: { 200: Overview },
    },
    preHandler: async (request) => allowOnly(request.query as RawQuery, []),
    handler: () => ({
      nouns: nouns.map(({ name, label }) => ({ name, label, url: `/v1/meta/${name}` })),
      scopes: [...SCOPES],
      purposes: [...PURPOSES],
      limits: { page: LIMITS.page, body_bytes: 262_144, upload_bytes: 20 * 1024 * 1024, rows: 100_000, filter_bytes: 4096, included: 50 },
    }),
  });
  app.get("/v1/meta/:noun", {
    schema: {
      operationId: "getNounDescription",
      summary: "The fields of a noun",
      tags: ["meta"],
      description: "Each field with its type, operators, visibility class, labels and an example: what lists, filters and sorts may name.",
      params: z.object({
        noun: z.enum(nouns.map(({ name }) => name) as [string, ...string[]]).meta({ description: "Name of the noun.", example: "people" }),
      }),
      response: { 200: NounShape },
    },
    preHandler: async (request) => allowOnly(request.query as RawQuery, []),
    handler: (request) => {
      const source = catalog[(request.params as { noun: string }).noun];
      if (!source) throw new Problem("not-found");
      return describeNoun(source.noun);
    },
  });
}

function describeNoun({
  name,
  label,
  description,
  fields,
  collections,
  relations,
  parameters,
  combinations,
}: Noun): z.infer<typeof NounShape> {
  return {
    name,
    label,
    description,
    fields: Object.entries(fields).map(describeField),
    collections,
    relations,
    parameters: [...parameters],
    combinations: combinations.map(({ filters, sort }) => ({ filters: [...filters], ...(sort !== undefined && { sort }) })),
  };
}

function describeField([name, field]: [string, Field]): z.infer<typeof FieldShape> {
  const { kind, label, description, operators, sortable, groupable, write, nullable, bodyOnly, scheme, type, example } = field;
  const values = kind === "choice" && "options" in type ? { values: type.options as string[] } : {};
  return {
    name,
    type: WIRE[kind] ?? kind,
    label,
    description,
    class: field.class,
    operators: [...operators],
    sortable,
    groupable,
    writable: write,
    nullable,
    in_body_only: bodyOnly,
    ...(scheme !== undefined && { scheme }),
    ...values,
    example,
  };
}

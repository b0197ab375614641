import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Rule } from "../../src/core/policy/operations.ts";
import { problems } from "../../src/http/openapi.ts";

const Unit = z.object({ id: z.uuid(), code: z.string(), name: z.string() }).meta({ id: "SampleUnit", description: "A unit." });

const Small = z.object({ type: z.literal("small") }).meta({ id: "SmallSample", description: "Small." });
const Wide = z.looseObject({ type: z.literal("wide"), size: z.number() }).meta({ id: "WideSample", description: "Wide." });

/** A synthetic noun with every kind of member that the document has to say well. */
export const Sample = z
  .object({
    id: z.uuid().meta({ description: "Its id.", example: "0199aaaa-0000-7000-8000-000000000001" }),
    gender: z.enum(["female", "male"]).nullable().optional().meta({ description: "Gender; null is not known.", example: "female" }),
    born_on: z.iso.date().nullable().optional().meta({ description: "Day of birth." }),
    children: z.int().min(0).optional().meta({ description: "How many." }),
    email: z.email().optional(),
    unit: Unit.nullable().optional().meta({ description: "Where it hangs." }),
    kind: z.discriminatedUnion("type", [Small, Wide]).optional(),
  })
  .meta({ id: "Sample", description: "A sample." });

const SampleList = z.object({ data: z.array(Sample) }).meta({ id: "SampleList", description: "A page of samples." });

const CreateSample = z
  .strictObject({ gender: z.enum(["female", "male"]).nullable().optional(), unit_id: z.uuid() })
  .meta({ id: "CreateSample", description: "A new sample.", example: { unit_id: "0199aaaa-0000-7000-8000-000000000002" } });

const Id = z.object({ id: z.uuid().meta({ description: "The sample's id." }) });

const RULES: Record<string, Rule> = {
  listSamples: { scope: ["people:read", "directory:read"], act: "none" },
  createSample: { scope: "people:write", act: "none" },
  deleteSample: { scope: "any", act: "none" },
  aboutSamples: { scope: "public", act: "none" },
};

/** What the policy would say of these routes. */
export const sampleRuleOf = (operation: string): Rule | undefined => RULES[operation];

/** Four routes that differ in all that the document must tell apart. */
export function addSampleRoutes(app: FastifyInstance): void {
  const querystring = {
    type: "object",
    properties: {
      "birth_year:gte": { type: "integer", description: "Born in this year or later.", examples: [1970] },
      gender: { type: "array", items: { type: "string", enum: ["female", "male"] }, description: "Any of these." },
    },
  };
  const tags = ["people"];
  app.get(
    "/v1/samples",
    {
      schema: { operationId: "listSamples", summary: "List", description: "A page.", tags, querystring, response: { 200: SampleList } },
    },
    () => ({ data: [] }),
  );
  app.post(
    "/v1/samples",
    {
      schema: {
        operationId: "createSample",
        summary: "Create",
        description: "Creates one.",
        tags,
        body: CreateSample,
        response: {
          201: {
            description: "Created",
            content: { "application/json": { schema: Sample } },
          },
          ...problems(409),
        },
      },
    },
    (_request, reply) => reply.code(201).send({}),
  );
  app.delete(
    "/v1/samples/:id",
    {
      schema: {
        operationId: "deleteSample",
        summary: "Delete",
        description: "Hides it.",
        tags,
        params: Id,
        response: { 204: { type: "null", description: "Hidden." }, ...problems(410, 412, 428) },
      },
    },
    (_request, reply) => reply.code(204).send(),
  );
  app.get(
    "/v1/samples/about",
    {
      schema: { operationId: "aboutSamples", summary: "About", description: "For all.", tags: ["meta"], response: { 200: Unit } },
    },
    () => ({}),
  );
  app.get("/page", { config: { scope: "public" }, schema: { hide: true } }, () => "hidden");
}

import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = { [keyword: string]: unknown };

/** Which way a shape travels: what a client may send, or what it gets. */
export type Direction = "input" | "output";

/** Turns zod types into JSON Schema and gathers the named ones (`.meta({ id })`) as components. */
export type Shapes = {
  schemaOf(type: unknown, direction: Direction): JsonSchema;
  components(): Record<string, JsonSchema>;
};

type Finishing = Parameters<NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"]>>[0];

/**
 * A fresh gathering of shapes. One name is one shape: two that differ, be it only as request and as answer, are refused.
 *
 * Only what is asked for is gathered, and not all that the registry of zod knows: another document of the same process may differ.
 */
export function gatherShapes(): Shapes {
  const named = new Map<string, JsonSchema>();
  const keep = (name: string, schema: JsonSchema): void => {
    if (name.startsWith("__")) throw new Error("A shape that holds itself needs a name: .meta({ id })");
    const known = named.get(name);
    if (known !== undefined && !isDeepStrictEqual(known, schema)) throw new Error(`Two different shapes are named ${name}`);
    named.set(name, schema);
  };
  return {
    schemaOf(type, direction) {
      if (!isZod(type)) return within(type as JsonSchema, (inner) => this.schemaOf(inner, direction));
      // As a member of another shape: zod writes the outermost one out in full, whatever its name.
      const whole = z.toJSONSchema(z.object({ it: type }), { io: direction, unrepresentable: "any", override: finish });
      for (const [name, schema] of Object.entries(whole.$defs ?? {})) keep(name, pointed(schema as JsonSchema) as JsonSchema);
      return pointed(whole.properties?.["it"]) as JsonSchema;
    },
    components: () => Object.fromEntries([...named].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Whether a value is a zod type. */
export function isZod(value: unknown): value is z.ZodType {
  return typeof value === "object" && value !== null && "_zod" in value;
}

/** Zod types may stand inside a plain schema too, as the properties of a list's parameters. */
function within(schema: JsonSchema, convert: (type: z.ZodType) => JsonSchema): JsonSchema {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, unknown>);
  if (properties.length === 0) return schema;
  return { ...schema, properties: Object.fromEntries(properties.map(([key, value]) => [key, isZod(value) ? convert(value) : value])) };
}

function finish({ zodSchema, jsonSchema: schema }: Finishing): void {
  const def = zodSchema._zod.def as { type: string; discriminator?: string; catchall?: unknown };
  delete schema.id;
  // The format says it; zod's pattern for a day or an address is hundreds of characters.
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema["example"] !== undefined) {
    schema.examples = [schema["example"]];
    delete schema["example"];
  }
  // Answers only grow: a client that was generated today must take a member that comes tomorrow.
  if (schema.additionalProperties !== undefined && isOpen(def, schema.additionalProperties)) delete schema.additionalProperties;
  if (def.type === "nullable") joinNull(schema);
  // A discriminator can only select among named shapes.
  const chosen = def.discriminator !== undefined && schema.oneOf?.every((option) => "$ref" in (option as object));
  if (chosen) Object.assign(schema, { discriminator: { propertyName: def.discriminator } });
}

/** An object that says nothing of further members, or that any may follow. */
function isOpen(def: { type: string; catchall?: unknown }, additional: unknown): boolean {
  if (def.type !== "object") return false;
  return def.catchall === undefined || isDeepStrictEqual(additional, {});
}

/** `anyOf: [x, null]` as `type: [x, "null"]`: half the text, and generators know it. */
function joinNull(schema: Finishing["jsonSchema"]): void {
  const [inner, none] = (schema.anyOf ?? []) as JsonSchema[];
  if (typeof inner?.["type"] !== "string" || none?.["type"] !== "null") return;
  const { type, enum: values, const: only, ...rest } = inner;
  const own = { ...schema };
  delete own.anyOf;
  const open = values ?? (only === undefined ? undefined : [only]);
  // What is said of the nullable member is truer than what is said of its type.
  Object.assign(schema, rest, own, { type: [type, "null"] }, Array.isArray(open) ? { enum: [...open, null] } : {});
  delete schema.anyOf;
}

function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, inner]) => {
    return [key, key === "$ref" && typeof inner === "string" ? inner.replace("#/$defs/", "#/components/schemas/") : pointed(inner)];
  });
  return Object.fromEntries(members);
}

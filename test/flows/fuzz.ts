import type { Document } from "../../src/http/openapi.ts";
import type { Call } from "../setup/registry.ts";

type Schema = { [keyword: string]: unknown } & {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  examples?: unknown[];
  required?: string[];
};
type Parameter = { name: string; in: string; schema: Schema; required?: boolean };
type Operation = { operationId: string; parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } };

/** A repeatable source of chance: the same seed gives the same calls (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NASTY: readonly unknown[] = [
  "",
  " ",
  "0",
  "-1",
  "1e9",
  "null",
  "true",
  "\u0000",
  "\ud800",
  "a\u0301".repeat(40),
  "'; drop table people; --",
  "%",
  "_",
  "\\",
  '"',
  ")",
  "(((",
  "$1",
  "2024-02-30",
  "9999-99",
  "0000",
  "24@2025-07-01",
  "24@2025-13-01",
  "x".repeat(300),
  "Ngu\u1ec5n",
  "../../etc/passwd",
  "{{7*7}}",
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  true,
  null,
  [],
  {},
  [[[[]]]],
  { a: { b: {} } },
  ["x"],
  [null],
];

/** Calls made from the document alone: values that fit, values that do not, and what nobody foresaw. */
export class Fuzzer {
  private readonly document: Document;
  private readonly random: () => number;
  private readonly ids: string[];
  private readonly ofNoun = new Map<string, string[]>();

  constructor(document: Document, seed: number, ids: string[]) {
    this.document = document;
    this.random = chance(seed);
    this.ids = ids;
  }

  /** The next call of an operation. */
  call(path: string, method: string): Call {
    const operation = this.document.paths[path]![method] as unknown as Operation;
    const query = new URLSearchParams();
    let url = path;
    const headers: Record<string, string> = {};
    for (const parameter of operation.parameters ?? []) {
      const { name, in: where, schema } = this.resolve(parameter as unknown as Schema) as unknown as Parameter;
      if (where === "path") {
        const noun = path
          .slice(0, path.indexOf(`/{${name}}`))
          .split("/")
          .at(-1)!;
        url = url.replace(`{${name}}`, encodeURIComponent(this.pathValue(name, schema, noun)));
      }
      if (where === "query" && this.random() < 0.05) for (const value of [this.value(schema, 0)].flat()) query.append(name, text(value));
      if (where === "header" && name.toLowerCase() === "if-match" && this.random() < 0.8)
        headers["if-match"] = this.pick(['"1"', '"2"', 'W/"1.ab"', "*", "x", '"99"']);
    }
    if (this.random() < 0.05)
      query.append(this.pick(["foo", "name:matchh", "citizen_id", "filter", "cursor", "limit"]), text(this.pick(NASTY)));
    const content = operation.requestBody?.content ?? {};
    const type = Object.keys(content).find((one) => one.includes("json"));
    const body = type === undefined ? undefined : this.value(content[type]!.schema, 0);
    const suffix = query.size > 0 ? `?${query.toString()}` : "";
    return {
      method: method.toUpperCase(),
      path: url + suffix,
      headers: { ...headers, ...(type && { "content-type": type }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
  }

  /** Remembers an id that an answer of a path named, so that later calls meet records that stand. */
  remember(id: unknown, path: string): void {
    if (typeof id !== "string") return;
    const noun = path.split("/").findLast((part) => part !== "" && !part.startsWith("{"))!;
    this.ofNoun.set(noun, [...(this.ofNoun.get(noun) ?? []).slice(-50), id]);
    if (this.ids.length < 500) this.ids.push(id);
  }

  private pick = <T>(list: readonly T[]): T => list[Math.floor(this.random() * list.length)]!;

  private pathValue(name: string, schema: Schema, noun: string): string {
    if (this.random() < 0.04) return text(this.pick(NASTY)) || "x";
    const own = this.ofNoun.get(noun);
    if (name === "id" && own && this.random() < 0.7) return this.pick(own);
    if (name.endsWith("id") && this.random() < 0.85) return this.pick(this.ids);
    return text(this.value(schema, 0)) || "x";
  }

  private value(given: Schema, depth: number): unknown {
    const schema = this.resolve(given);
    if (this.random() < 0.03) return this.pick(NASTY);
    const options = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined;
    if (options) return this.value(this.pick(options), depth);
    if (schema.enum) return this.pick(schema.enum);
    if (schema.examples?.length && this.random() < 0.7) return this.pick(schema.examples);
    switch ([schema.type].flat()[0]) {
      case "object":
        return this.object(schema, depth);
      case "array":
        return Array.from({ length: Math.floor(this.random() * 3) }, () => this.value(schema.items ?? {}, depth + 1));
      case "integer":
      case "number":
        return Math.floor(this.random() * 3000) - 5;
      case "boolean":
        return this.random() < 0.5;
      default:
        return schema["format"] === "uuid"
          ? this.pick(this.ids)
          : this.pick([
              "Nguyễn Văn An",
              "1985",
              "1985-09",
              "2024-02-29",
              "TS",
              "48",
              "4801",
              "name",
              "-birth_year,name",
              "id,name",
              "degrees",
              'name match "an"',
              "gender = male",
            ]);
    }
  }

  private object(schema: Schema, depth: number): unknown {
    const members = Object.entries(schema.properties ?? {}).filter(
      ([name]) => schema.required?.includes(name) || this.random() < (depth === 0 ? 0.25 : 0.4),
    );
    return Object.fromEntries(members.map(([name, inner]) => [name, depth > 4 ? null : this.value(inner, depth + 1)]));
  }

  private resolve(schema: Schema): Schema {
    if (!schema.$ref) return schema;
    const found = schema.$ref
      .split("/")
      .slice(1)
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)[decodeURIComponent(part)], this.document);
    return this.resolve(found as Schema);
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value.toWellFormed() : JSON.stringify(value));

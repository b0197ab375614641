import { beforeAll, describe, expect, test } from "vitest";
import { VISIBILITY } from "../../src/core/registry/field.ts";
import { columnsOf, registryTable } from "../../src/db/tables/columns.ts";
import { getTableConfig } from "../../src/db/tables/drizzle.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  return registry.close;
});

const nouns = Object.values(catalog).map(({ noun }) => noun);
const members = nouns.flatMap((noun) =>
  Object.entries(noun.fields).map(([member, field]) => ({ noun, member, field, named: `${noun.name}.${member}` })),
);

describe("the parameters of a list", () => {
  test("are at most 40, and those of a combination are among them", () => {
    expect(nouns.filter(({ parameters }) => parameters.length > 40).map(({ name }) => name)).toEqual([]);
    const asked = nouns.flatMap(({ name, parameters, combinations }) =>
      combinations.flatMap(({ filters }) => filters.filter((filter) => !parameters.includes(filter)).map((filter) => `${name} ${filter}`)),
    );
    expect(asked).toEqual([]);
  });
});

describe("every field of every noun", () => {
  test("has one of the four visibility classes, labels in both languages, a description and an example", () => {
    expect(members.length).toBeGreaterThan(150);
    const poor = members.filter(({ field }) => {
      const said = field.label.vi && field.label.en && field.description;
      return !VISIBILITY.includes(field.class) || !said || field.example === undefined;
    });
    expect(poor.map(({ named }) => named)).toEqual([]);
  });

  test("of a reference noun is public, for these are read with any valid token", () => {
    const closed = members.filter(({ noun, field }) => noun.standing === "reference" && field.class !== "public");
    expect(closed.map(({ named }) => named)).toEqual([]);
  });

  test("that names a person before the state is restricted or sensitive", () => {
    const guarded = ["citizen_id", "old_id_number", "ethnicity", "phones", "emails", "residence_text", "certificate_no"];
    const found = members.filter(({ member }) => guarded.includes(member));
    expect(found.map(({ member }) => member).toSorted()).toEqual(guarded.toSorted());
    expect(found.filter(({ field }) => field.class === "public" || field.class === "internal")).toEqual([]);
  });

  test("has an example that its own type takes", () => {
    const wrong = members.filter(({ field }) => field.example !== null && !field.type.safeParse(field.example).success);
    expect(wrong.map(({ named }) => named)).toEqual([]);
    const empty = members.filter(({ field }) => field.example === null && !field.nullable);
    expect(empty.map(({ named }) => named)).toEqual([]);
  });

  test("can be found by its noun's parameters, at most 40 a list", () => {
    expect(nouns.filter(({ parameters }) => parameters.length > 40).map(({ name }) => name)).toEqual([]);
  });
});

describe("every stored field", () => {
  type Column = { table_name: string; column_name: string; is_nullable: "YES" | "NO"; data_type: string };

  test("has the columns, types and nullability that db/columns.ts promises", async () => {
    const rows = await registry.sql<Column>(
      "select table_name, column_name, is_nullable, data_type from information_schema.columns where table_schema = $1",
      SCHEMA,
    );
    const standing = new Map(rows.map((row) => [`${row.table_name}.${row.column_name}`, row]));
    const wrong = nouns.flatMap((noun) => {
      const { columns } = getTableConfig(registryTable(`rule_${noun.table}`, columnsOf(noun), () => []));
      return columns.flatMap(({ name, notNull, getSQLType }, i) => {
        const column = standing.get(`${noun.table}.${name}`);
        if (!column) return [`${noun.table}.${name} is missing`];
        const type = getSQLType.call(columns[i]);
        const same = TYPES[type] === column.data_type;
        // A fact's person is never missing, whatever its field says.
        const nullable = column.is_nullable === "YES";
        return [
          ...(same ? [] : [`${noun.table}.${name} is ${column.data_type}, promised ${type}`]),
          ...(nullable === !notNull ? [] : [`${noun.table}.${name} is ${nullable ? "" : "not "}nullable`]),
        ];
      });
    });
    expect(wrong).toEqual([]);
  });

  test("that a noun requires or fills in has no null in its column, and one that may be unknown has no default", async () => {
    const rows = await registry.sql<{ name: string; held: string | null }>(
      "select table_name || '.' || column_name as name, column_default as held from information_schema.columns where table_schema = $1",
      SCHEMA,
    );
    const defaults = new Map(rows.map(({ name, held }) => [name, held]));
    const nullable = members.filter(({ noun, member, field }) => field.stored && field.nullable && defaults.get(`${noun.table}.${member}`));
    expect(nullable.map(({ named }) => named)).toEqual([]);
  });
});

/** Types as drizzle says them, and as the catalogue of Postgres does. */
const TYPES: Record<string, string> = {
  uuid: "uuid",
  text: "text",
  "text[]": "ARRAY",
  integer: "integer",
  "double precision": "double precision",
  boolean: "boolean",
  date: "date",
  jsonb: "jsonb",
  bytea: "bytea",
  "timestamp with time zone": "timestamp with time zone",
};

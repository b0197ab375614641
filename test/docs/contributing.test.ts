import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { catalog, ORDER } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { blocks, page, ROOT } from "./walk.ts";

const CONTRIBUTING = page("CONTRIBUTING.md");
const nouns = Object.values(catalog).map(({ noun }) => noun);

/** A person's version is counted by a function of its own. */
const calls = (called: string | undefined, wanted: string): boolean =>
  called === wanted || (wanted === "count_version" && called === "count_person_version");

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  return registry.close;
});

describe("what CONTRIBUTING asks of a new noun", () => {
  test("a folder with the five files stands in ORDER", () => {
    const floors = ["reference", "registry", "exchange", "planning", "privacy"].filter((floor) => existsSync(join(ROOT, "src", floor)));
    const folders = floors.flatMap((floor) => readdirSync(join(ROOT, "src", floor)).map((name) => `${floor}/${name}`));
    const served = folders.filter(
      (folder) => statSync(join(ROOT, "src", folder)).isDirectory() && existsSync(join(ROOT, "src", folder, "routes.ts")),
    );
    expect(served.length).toBeGreaterThan(10);
    expect(served.filter((folder) => !(ORDER as readonly string[]).includes(folder))).toEqual([]);
  });

  test("its table counts versions, writes its history, and refuses TRUNCATE", async () => {
    const [block] = blocks(CONTRIBUTING, "sql");
    const wanted = [...block!.matchAll(/CREATE TRIGGER %1\$s_(\w+) .*EXECUTE FUNCTION (\w+)\(\)/g)].map(([, name, called]) => [
      name!,
      called!,
    ]);
    expect(wanted.map(([name]) => name)).toEqual(["version", "created", "changed", "erased", "truncated"]);
    const rows = await registry.sql<{ name: string; called: string }>(
      `select t.tgname as name, p.proname as called from pg_trigger t join pg_proc p on p.oid = t.tgfoid where not t.tgisinternal`,
    );
    const standing = new Map(rows.map(({ name, called }) => [name, called]));
    const lacking = nouns.flatMap(({ table }) =>
      wanted.filter(([name, called]) => !calls(standing.get(`${table}_${name}`), called!)).map(([name]) => `${table}_${name}`),
    );
    expect(lacking).toEqual([]);
  });

  test("the service's role reads its table and erases nothing from it", async () => {
    const rights = await registry.sql<{ table: string; read: boolean; erase: boolean }>(
      `select t as table, has_table_privilege('trithuc_service', t, 'select') as read, has_table_privilege('trithuc_service', t, 'delete') as erase
       from unnest($1::text[]) t`,
      nouns.map(({ table }) => table),
    );
    expect(rights.filter(({ read, erase }) => !read || erase)).toEqual([]);
  });
});

describe("CONTRIBUTING", () => {
  test("names files that stand", () => {
    const named = [...CONTRIBUTING.matchAll(/`((?:src|test|migrations|docs)\/[\w./-]+)`/g)].map(([, path]) => path!);
    const missing = named.filter((path) => !path.includes("projects") && !existsSync(join(ROOT, path)));
    expect(named.length).toBeGreaterThan(8);
    expect(missing.filter((path) => !existsSync(join(ROOT, `${path}.test.ts`)))).toEqual([]);
  });
});

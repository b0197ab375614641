import { describe, expect, test } from "vitest";
import { ORDER } from "../../src/nouns.ts";
import { codeOf, filesUnder, importsOf } from "./source.ts";

const FLOORS: Record<string, number> = { core: 0, db: 1, http: 2, reference: 3, registry: 4, exchange: 5, planning: 5, privacy: 5 };
/** These stand above all floors: they put the service together. */
const TOP = 9;
const SPEAK_SQL = new Set(["table", "queries", "commands", "jobs"]);

const files = filesUnder("src");
const parts = (path: string) => path.split("/").slice(1);
const floorOf = (path: string): number => FLOORS[parts(path)[0]!] ?? TOP;
/** `registry/people` for a noun's file, else the folder on its floor, or the floor itself. */
const folderOf = (path: string): string =>
  parts(path)
    .slice(0, Math.min(2, parts(path).length - 1))
    .join("/");
const places: readonly string[] = ORDER;

const edges = files.flatMap(({ path, imports }) => imports.map((target) => ({ path, target, edge: `${path} -> ${target}` })));

describe("every import", () => {
  test("goes to a file that stands", () => {
    expect(edges.length).toBeGreaterThan(300);
    const standing = new Set(files.map(({ path }) => path));
    expect(edges.filter(({ target }) => target.startsWith("src/") && !standing.has(target)).map(({ edge }) => edge)).toEqual([]);
  });

  test("goes to a lower floor or stays on its own", () => {
    expect(edges.filter(({ path, target }) => floorOf(target) > floorOf(path)).map(({ edge }) => edge)).toEqual([]);
  });

  test("on a floor of nouns goes to its own folder, or to one before it in ORDER", () => {
    const wrong = edges.filter(({ path, target }) => {
      const [from, to] = [folderOf(path), folderOf(target)];
      if (floorOf(path) !== floorOf(target) || floorOf(path) < 3 || floorOf(path) === TOP || from === to) return false;
      // What lies on the floor itself, or in a folder that is no noun, serves the nouns of its floor.
      if (!places.includes(to) || !places.includes(from)) return false;
      return places.indexOf(to) > places.indexOf(from);
    });
    expect(wrong.map(({ edge }) => edge)).toEqual([]);
  });

  test("never goes to another noun's routes", () => {
    const wrong = edges.filter(
      ({ path, target }) => target.endsWith("/routes.ts") && folderOf(path) !== folderOf(target) && floorOf(path) !== TOP,
    );
    // Routes that nouns have in common are written once, in the folder of facts.
    expect(wrong.filter(({ target }) => target !== "src/registry/facts/routes.ts").map(({ edge }) => edge)).toEqual([]);
  });

  test("forms no circle", () => {
    const targets = new Map(files.map(({ path, text }) => [path, runtimeImports(path, text)]));
    const circles: string[] = [];
    const walk = (path: string, trail: string[]): void => {
      if (trail.includes(path)) return void circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
      targets.set(path, []);
    };
    for (const { path } of files) walk(path, []);
    expect(circles).toEqual([]);
  });
});

/** Imports that stand at run time: a type may point anywhere that the floors allow. */
function runtimeImports(path: string, text: string): string[] {
  return importsOf(path, text.replaceAll(/^(import|export) type [^;]*;/gms, ""));
}

describe("SQL", () => {
  const speaks = /\bsql`|\.orm\b|\.query\(|from "pg"|drizzle-orm/;

  test("is spoken only by db, tables, queries, commands and jobs", () => {
    const allowed = (path: string) =>
      floorOf(path) <= 1 || SPEAK_SQL.has(path.split("/").at(-1)!.replace(".ts", "")) || EXTRA_SQL.some((one) => path.startsWith(one));
    const wrong = files.filter(({ path, text }) => speaks.test(codeOf(text).join("\n")) && !allowed(path)).map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test("has one door to drizzle", () => {
    const wrong = files.filter(({ text }) =>
      /^(import|export) (?!type )[^;]*"drizzle-orm|import\("drizzle-orm|require\("drizzle-orm/m.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual(["src/db/tables/drizzle.ts"]);
  });

  test("knows nothing of HTTP", () => {
    const wrong = edges.filter(
      ({ path, target }) =>
        (floorOf(path) <= 1 || SPEAK_SQL.has(path.split("/").at(-1)!.replace(".ts", ""))) && target.startsWith("src/http/"),
    );
    expect(wrong.map(({ edge }) => edge)).toEqual([]);
    const named = files.filter(({ path, text }) => floorOf(path) <= 1 && /from "(fastify|@fastify\/)/.test(text)).map(({ path }) => path);
    expect(named).toEqual([]);
  });
});

/** Files named from the domain that speak SQL for their folder, each with its reason. */
const EXTRA_SQL = [
  "src/reference/load.ts", // the load of reference data: one transaction of the owner's
  "src/reference/loading/",
  "src/reference/succession.ts", // the walk along lineage that localities and organizations have in common
  "src/reference/localities/succession.ts",
  "src/reference/organizations/succession.ts",
  "src/registry/people/matching.ts", // the one question whether two records may be one person
  "src/registry/suggestions/names.ts", // the names that may be meant, as people are found by them
  "src/registry/people/identifiers.ts", // the rows that make identifiers unique
  "src/exchange/imports/commit.ts", // one of an import's five replaceable files: its one transaction
  "src/exchange/exports/lines.ts", // the lines of one snapshot, by a cursor of the database
  "src/cli/demo/", // writes a population by COPY
];

describe("state", () => {
  test("of the environment is read by the settings alone", () => {
    const wrong = files.filter(({ path, text }) => path !== "src/config.ts" && /process\.env\b/.test(codeOf(text).join("\n")));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("of a module does not exist: files of a test worker share modules", () => {
    const wrong = files.flatMap(({ path, text }) => {
      const lines = codeOf(text);
      const variables = lines.filter((line) => /^(export )?(let|var) /.test(line));
      const containers = lines.flatMap((line) => {
        const [, name] = /^(?:export )?const (\w+)(?::[^=]*)? = (?:new (?:Map|Set|WeakMap|WeakSet)\b|\[\]|\{\};)/.exec(line) ?? [];
        return name === undefined ? [] : [name];
      });
      const mutated = containers.filter((name) =>
        new RegExp(`\\b${name}(\\.(set|add|delete|clear|push|pop|shift|splice)\\(|\\[[^\\]]+\\] =[^=])`).test(text),
      );
      return [...variables, ...mutated].map((what) => `${path}: ${what.trim()}`);
    });
    expect(wrong).toEqual([]);
  });
});

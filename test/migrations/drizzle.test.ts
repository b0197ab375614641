import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const META = join(ROOT, "migrations/meta");
const { generateDrizzleJson, generateMigration } = createRequire(import.meta.url)("drizzle-kit/api") as typeof import("drizzle-kit/api");

type Journal = { entries: { idx: number; tag: string }[] };
const numbers = (pattern: string) =>
  globSync(pattern, { cwd: ROOT })
    .map((path) => path.split("/").at(-1)!)
    .toSorted();

test("what `drizzle-kit generate` writes next has the next number, and nothing of what stands", async () => {
  const last = numbers("migrations/*.sql").at(-1)!.replace(".sql", "");
  const { entries } = JSON.parse(readFileSync(join(META, "_journal.json"), "utf8")) as Journal;
  expect(entries.at(-1)).toMatchObject({ idx: Number(last.slice(0, 4)), tag: last });

  const snapshot = JSON.parse(readFileSync(join(META, numbers("migrations/meta/*_snapshot.json").at(-1)!), "utf8")) as Snapshot;
  const files = await Promise.all(globSync("src/*/*/table.ts", { cwd: ROOT }).map((path) => import(join(ROOT, path)) as Promise<object>));
  const tables = Object.assign({}, ...files) as Record<string, unknown>;
  expect(await generateMigration(snapshot, generateDrizzleJson(tables, snapshot.id))).toEqual([]);
});

type Snapshot = Parameters<typeof generateMigration>[0];

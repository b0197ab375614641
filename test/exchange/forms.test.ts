import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TruthRow } from "./measure.ts";
import { compare, readFile } from "./measure.ts";

const folder = new URL("../fixtures/forms/", import.meta.url);
const FORMS = [
  ["so-y-te-2025.xlsx", "so-y-te-2025"],
  ["dai-hoc-kinh-bac-vntime.xlsx", "dai-hoc-kinh-bac-vntime"],
  ["dai-hoc-kinh-bac-vntime.xls", "dai-hoc-kinh-bac-vntime"],
  ["hoi-vien-lien-hiep-hoi.csv", "hoi-vien-lien-hiep-hoi"],
] as const;

describe("the forms of offices", () => {
  test.each(FORMS)("%s: at least 98% of the values right in each field, every used row told, nobody invented", async (file, name) => {
    const truth = JSON.parse(readFileSync(new URL(`${name}.truth.json`, folder), "utf8")) as { people: number; rows: TruthRow[] };
    const { rows, used } = await readFile(readFileSync(new URL(file, folder)), file);
    const { tally, missing, invented } = compare(rows, truth.rows);
    const people = rows.filter((row) => row.kind === "person").length;
    const share = (right: number, total: number): number => Math.round((1000 * right) / total) / 10;
    const all = [...tally.values()].reduce((sum, one) => ({ right: sum.right + one.right, total: sum.total + one.total }), {
      right: 0,
      total: 0,
    });
    console.log(
      [
        `${file}: ${people} people + ${rows.length - people} other rows = ${used} used rows`,
        ...[...tally].map(([field, one]) => `  ${field.padEnd(16)} ${one.right}/${one.total}  ${share(one.right, one.total)}%`),
        `  ${"all".padEnd(16)} ${all.right}/${all.total}  ${share(all.right, all.total)}%`,
      ].join("\n"),
    );
    expect(rows.length).toBe(used);
    expect(people).toBe(truth.people);
    expect({ missing, invented }).toEqual({ missing: [], invented: [] });
    expect([...tally].filter(([, one]) => one.right < one.total * 0.98).map(([field, one]) => [field, one.wrong.slice(0, 5)])).toEqual([]);
  });

  test.each(FORMS)("%s: what its truth names as flawed carries a problem of that weight", async (file, name) => {
    const truth = JSON.parse(readFileSync(new URL(`${name}.truth.json`, folder), "utf8")) as { rows: TruthRow[] };
    const { rows } = await readFile(readFileSync(new URL(file, folder)), file);
    const told = new Map(
      rows.map((row) => [row.row, row.problems.map((one) => `${one.severity === "warning" ? "warn" : one.severity}:${one.code}`)]),
    );
    const issues = truth.rows.flatMap((row) => (row["issues"] as string[]).map((issue) => ({ row: row.row, issue })));
    expect(issues.filter(({ row, issue }) => !told.get(row)?.includes(issue))).toEqual([]);
    const flawed = new Set(issues.filter(({ issue }) => issue.startsWith("error:")).map(({ row }) => row));
    expect(
      rows.filter((row) => !flawed.has(row.row) && row.problems.some((one) => one.severity === "error")).map((row) => row.row),
    ).toEqual([]);
  });
});

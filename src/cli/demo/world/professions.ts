import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { weighted, weightedWords, type Weighted } from "../random.ts";
import type { Pool } from "./organizations.ts";

const FILE = join(import.meta.dirname, "../../../../reference/demo_professions.csv");

/** A trade: who works in it, what was studied for it, and how a career in it goes. */
export type Profession = {
  /** Share of women. */
  women: number;
  /** Where: the trade's pools, the usual one first. */
  pools: Weighted<Pool>;
  /** Training fields (TT 09/2022) by prefix. */
  training: Weighted<string>;
  /** The first degree, by how usual it is. */
  first: Weighted<string>;
  /** Shares that go on to a master, to a doctorate, to the specialist medical ladder. */
  master: number;
  doctor: number;
  specialist: number;
  posts: readonly [string, string, string, string];
  /** Civil-service grades or professional titles: the lowest first. */
  grades: readonly string[];
  regime: "cong_chuc" | "vien_chuc" | "enterprise" | "self_employed";
  sector: Weighted<string>;
  awards: Weighted<string>;
};

/** Reads the trades (reference/demo_professions.csv) by how many people work in each. */
export function readProfessions(file = FILE): Weighted<Profession> {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  return weighted(rows.map((row) => [professionOf(row), Number(row["weight"])] as const));
}

function professionOf(row: Record<string, string>): Profession {
  const words = (column: string): Weighted<string> => weightedWords(row[column]!);
  return {
    women: Number(row["women"]),
    pools: words("pools") as Weighted<Pool>,
    training: words("training"),
    first: words("first"),
    master: Number(row["master"]),
    doctor: Number(row["doctor"]),
    specialist: Number(row["specialist"]),
    posts: row["posts"]!.split("|") as unknown as Profession["posts"],
    grades: row["grades"] === "" ? [] : row["grades"]!.split(" "),
    regime: row["regime"] as Profession["regime"],
    sector: words("sector"),
    awards: words("awards"),
  };
}

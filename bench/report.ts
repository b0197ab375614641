import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ratio } from "./measure.ts";
import type { Measured, Results } from "./measure.ts";
import type { Recall } from "./quality.ts";

/** What one run gave of one population. */
export type Size = {
  people: number;
  /** Processors that all of it shared: sides, clients and Postgres. */
  processors: number;
  measured: string;
  works: Partial<Record<string, Results>>;
  recall?: Recall;
  peak: Record<string, number>;
};

const KEPT = join(import.meta.dirname, ".data/last.json");
const README = join(import.meta.dirname, "README.md");

/** The figures of earlier runs, so that a run of a part leaves the rest of the table standing. */
export const keptSizes = (): Size[] => (existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, "utf8")) as Size[]) : []);

/** Keeps what a run gave, and writes the table into `bench/README.md`. */
export function report(sizes: readonly Size[], machine: string): string {
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, `${JSON.stringify(sizes)}\n`);
  const table = tableOf(
    sizes.toSorted((a, b) => a.processors - b.processors || a.people - b.people),
    machine,
  );
  const text = readFileSync(README, "utf8");
  writeFileSync(
    README,
    text.replace(/(<!-- table -->)[^]*(<!-- end of table -->)/, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`),
  );
  return table;
}

const rate = (one: Measured | undefined) =>
  one ? `${one.perSecond < 100 ? one.perSecond.toFixed(1) : Math.round(one.perSecond).toLocaleString("en")}/s` : "";
const cpu = (one: Measured | undefined) => (one ? `${Math.round(one.node)} + ${Math.round(one.postgres)}` : "");
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const failures = ({ statuses }: Measured) =>
  Object.entries(statuses)
    .filter(([status]) => !/^(2|304)/.test(status))
    .map(([status, count]) => `${count} x ${status}`)
    .join(", ");

type Line = {
  work: string;
  hand?: Measured | undefined;
  ours?: Measured | undefined;
  typical?: Measured | undefined;
  result: string;
  goal: string;
  met?: boolean;
};

function tableOf(sizes: readonly Size[], machine: string): string {
  const parts = sizes.map(
    (size) =>
      `### ${size.people.toLocaleString("en")} people, ${size.processors} processors\n\n${lines(linesOf(size))}\n\nMeasured ${size.measured}.`,
  );
  const grown = [...new Set(sizes.map(({ processors }) => processors))].flatMap((processors) => {
    const rows = growth(sizes.filter((size) => size.processors === processors));
    return rows.length === 0 ? [] : [`### From 10,000 to 1,000,000, ${processors} processors\n\n${lines(rows)}`];
  });
  return [machine, ...parts, ...grown].join("\n\n");
}

function lines(rows: readonly Line[]): string {
  const head =
    "| work | hand-written | ours | typical | CPU of ours, of hand (Node + Postgres, µs) | result | goal | |\n|---|---|---|---|---|---|---|---|";
  const row = ({ work, hand, ours, typical, result, goal, met }: Line) =>
    `| ${work} | ${rate(hand)} | ${rate(ours)} | ${rate(typical)} | ${[cpu(ours), cpu(hand)].filter(Boolean).join("; ")} | ${result}${ours && failures(ours) ? ` (${failures(ours)})` : ""} | ${goal} | ${met === undefined ? "" : met ? "met" : "**missed**"} |`;
  return [head, ...rows.map(row)].join("\n");
}

/** A ratio against a goal. */
function against(work: string, ours: Measured | undefined, base: Measured | undefined, goal: number, sides: Partial<Line> = {}): Line[] {
  if (!ours || !base) return [];
  const times = ratio(ours, base);
  return [{ work, ours, hand: base, result: `${times.toFixed(2)} x`, goal: `>= ${goal} x`, met: times >= goal, ...sides }];
}

function linesOf({ works, recall, peak }: Size): Line[] {
  const { a, b, c, suggest, e, costly, hot, feed, access } = works;
  const name = "c: a name with one typo, top 20, 1 connection";
  return [
    ...against("a: a person with degrees, affiliations, expertise, 32 connections", a?.["ours"], a?.["hand"], 1.5, {
      typical: a?.["typical"],
    }),
    ...against("a: the same, `If-None-Match`: 304", a?.["304"], a?.["hand"], 2),
    ...against("b: 50 by field, commune and level, by name, 32; equal members", b?.["ours"], b?.["hand"], 0.9, { typical: b?.["typical"] }),
    ...against("b: the same, full records", b?.["whole"], b?.["hand"], 0.75),
    ...against("b: against the typical service (4 connections)", b?.["ours"], b?.["typical"], 100, {
      hand: undefined,
      typical: b?.["typical"],
    }),
    ...against(name, c?.["ours"], c?.["typical"], 40, { hand: c?.["hand"], typical: c?.["typical"] }),
    ...(recall ? [quality(recall)] : []),
    ...(suggest?.["ours"]
      ? [
          {
            work: "suggest, 16 connections",
            ours: suggest["ours"],
            result: `p95 ${ms(suggest["ours"].p95)}`,
            goal: "<= 50 ms",
            met: suggest["ours"].p95 <= 50,
          },
        ]
      : []),
    ...against("e: create a person, 2 degrees, 1 affiliation, 16 connections", e?.["ours"], e?.["hand"], 0.5, { typical: e?.["typical"] }),
    ...against("e: the same, with the feed against without", feed?.["with"], feed?.["without"], 0.95, { hand: undefined }),
    ...(access ? accessLines(access) : []),
    ...(hot ? [besideOne(hot)] : []),
    ...(costly ? [beside(costly)] : []),
    {
      work: "peak memory",
      result: Object.entries(peak)
        .map(([side, mib]) => `${side} ${Math.round(mib)} MiB`)
        .join(", "),
      goal: "",
    },
  ];
}

/** Everything else of which the bench asks with a purpose and without. */
const ELSE = {
  "304": "a, `If-None-Match`: 304",
  c: "c: a name with one typo, 4 connections",
  suggest: "suggest, 16 connections",
  meta: "meta of people, 16 connections",
  changes: "the feed, an empty page, 4 connections",
  e: "e, as a trial: create a person and a degree, 16 connections",
};

/** What access control costs: each against the same work without a purpose, in the same rounds. */
function accessLines(access: Results): Line[] {
  const line = (name: string, work: string, goal: number | undefined, which: "purpose" | "logged" | "bound", than = "plain"): Line[] => {
    const [ours, base] = [access[`${work} ${which}`], access[`${work} ${than}`]];
    if (!ours || !base) return [];
    const result = `${ratio(ours, base).toFixed(2)} x of ${rate(base)}`;
    return [{ work: name, ours, result, goal: goal === undefined ? "" : `>= ${goal} x`, ...(goal && { met: ratio(ours, base) >= goal }) }];
  };
  const [opens, delivers] = ["with a purpose that opens nothing", "restricted and sensitive fields delivered and logged"];
  return [
    ...line(`a: ${opens}`, "a", 0.95, "purpose"),
    ...line(`a: ${delivers}`, "a", 0.3, "logged"),
    ...line(`b, full records: ${opens}`, "b", 0.95, "purpose"),
    ...line(`b, full records: ${delivers}`, "b", undefined, "logged"),
    ...line(`f: export of everybody, people a second: ${opens}`, "f", 0.95, "purpose"),
    ...line(`f: ${delivers}`, "f", 0.5, "logged"),
    ...line("a: bound to the whole province, against bound to nothing", "a", undefined, "bound", "free"),
    ...line("b, full records: the same", "b", undefined, "bound", "free"),
    ...Object.entries(ELSE).flatMap(([work, name]) => line(`${name}: ${opens}`, work, 0.85, "purpose")),
  ];
}

const quality = ({ ours, hand, typical, questions }: Recall): Line => ({
  work: `c: recall@20 of ${questions} misspelt names`,
  result: `ours ${ours.toFixed(3)}, hand ${hand.toFixed(3)}, trigram ${typical.toFixed(3)}`,
  goal: ">= 0.95",
  met: ours >= 0.95,
});

function beside({ alone, beside: under, heavy }: Results): Line {
  const times = under!.p99 / alone!.p99;
  const work = "reads of a person (4 connections) beside 16 of the heaviest queries";
  return {
    work,
    ours: under,
    result: `p99 ${ms(alone!.p99)} -> ${ms(under!.p99)}, ${times.toFixed(2)} x; heavy: ${JSON.stringify(heavy!.statuses).replaceAll('"', "")}`,
    goal: "<= 2 x",
    met: times <= 2,
  };
}

function besideOne({ alone, many, one, hot }: Results): Line {
  const times = one!.p95 / many!.p95;
  return {
    work: "changes of people (4 connections) beside 8 clients that change a person each, and beside 8 that change one person",
    ours: one,
    result: `p95 ${ms(many!.p95)} -> ${ms(one!.p95)}, ${times.toFixed(2)} x (with nobody beside ${ms(alone!.p95)}); the 8: ${JSON.stringify(hot!.statuses).replaceAll('"', "")}`,
    goal: "<= 1.5 x",
    met: times <= 1.5,
  };
}

/** How the least and the largest population compare: log10 of the time's growth, by two powers of ten. */
function growth(sizes: readonly Size[]): Line[] {
  const [small, large] = [sizes.find(({ people }) => people === 10_000), sizes.find(({ people }) => people === 1_000_000)];
  if (!small || !large) return [];
  const grown = (work: string, lane: string): Line[] => {
    const [one, other] = [small.works[work]?.[lane], large.works[work]?.[lane]];
    if (!one || !other) return [];
    const exponent = Math.log10(one.perSecond / other.perSecond) / 2;
    return [
      { work: `${work}: growth of the time of ${lane}`, result: `exponent ${exponent.toFixed(2)}`, goal: "<= 0.4", met: exponent <= 0.4 },
    ];
  };
  const more = (large.peak["ours"] ?? 0) - (small.peak["ours"] ?? 0);
  const memory: Line = {
    work: "peak memory at 1,000,000, above that at 10,000",
    result: `${more.toFixed(0)} MiB`,
    goal: "<= 50 MiB",
    met: more <= 50,
  };
  return [...grown("a", "ours"), ...grown("b", "ours"), ...grown("b", "whole"), ...grown("c", "ours"), memory];
}

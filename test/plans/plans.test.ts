import { Client } from "pg";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import { SCOPES } from "../../src/core/actor.ts";
import { readParameters } from "../../src/core/query/parameters.ts";
import { ALL } from "../../src/core/query/tree.ts";
import { indexedSettings } from "../../src/db/pools.ts";
import { listStatement } from "../../src/db/query/list.ts";
import type { ListQuery, ListRow } from "../../src/db/query/list.ts";
import { planOf } from "../../src/db/query/page/plan.ts";
import { readSelection } from "../../src/db/query/selection.ts";
import type { Context, Source } from "../../src/db/query/source.ts";
import { known } from "../../src/db/query/where.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { exportStatement } from "../../src/exchange/exports/queries.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { periodDay } from "../../src/http/nouns/lists.ts";
import { catalog } from "../../src/nouns.ts";
import { loadedDatabase } from "../setup/database.ts";
import { TODAY } from "../setup/template.ts";
import { questionsOf } from "./questions.ts";
import type { Question } from "./questions.ts";

/** Shared buffers that a page of 50 may touch, whatever the values of its filters. */
const MOST = 500;
/**
 * What may touch more, and why: `name:match` ranks every name that has the words or resembles them, and the first bearer of each; how many
 * buffers that is depends on how many ways the commonest names are written (20,000 people: 572; 200,000: 544; 1,000,000: 492).
 */
const ABOVE: Record<string, number> = { "people name:match": 600 };

/**
 * PostgreSQL 15 descends an index anew for each value of a list, and 18 does not: a branch of a tree is such a list. What is promised is
 * promised of 18, which comes with the service; on an older server a page of such a list may touch eight times as much, and not more.
 */
const BEFORE_18 = 8;

type Node = { "Shared Hit Blocks"?: number; "Shared Read Blocks"?: number };
const people = inject("people") ?? 20_000;
const keys = loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
type Bounds = { org: string[] | null; loc: string[] | null };
const contextOf = (bounds: Bounds): Context => ({
  actor: { client: "plans", subject: "plans", scopes: new Set(SCOPES), ...bounds, purpose: "verification", language: "vi" },
  catalog,
  keys,
  today: TODAY,
  asOf: null,
  inUrl: true,
});
const context = contextOf({ org: null, loc: null });

let reader: Client;
let questions: Question[];

/** Makes the people who are asked about; gives the service's way to them. */
async function populated(): Promise<string> {
  const { serviceUrl, ownerUrl } = await loadedDatabase();
  await runDemo({ serviceUrl, ownerUrl, people, seed: 7, keys });
  const owner = new Client({ connectionString: ownerUrl, options: `-c search_path=${SCHEMA}` });
  await owner.connect();
  await owner.query("vacuum analyze");
  await owner.end();
  return serviceUrl;
}

beforeAll(async () => {
  const serviceUrl = inject("populated") ?? (await populated());
  reader = new Client({ connectionString: serviceUrl, options: `-c search_path=${SCHEMA} -c timezone=UTC ${indexedSettings}` });
  await reader.connect();
  questions = await questionsOf(
    catalog,
    async <Row>(text: string, ...values: unknown[]) => (await reader.query(text, values)).rows as Row[],
  );
  return () => reader.end();
}, 18 * 60_000);

/** A page of a question: from its beginning or after a cursor. */
function pageOf(
  { noun, parameters, sort }: Question,
  after: unknown[] | null,
  limit: number,
  asking = context,
): { list: ListQuery; source: Source } {
  const source = catalog[noun]!;
  const query =
    Object.keys(parameters).length === 0 ? ALL : readParameters(parameters, known(source, asking), Object.keys(source.noun.collections));
  const selection = readSelection(source, "id", undefined, asking);
  return { source, list: { query, sort, after, limit, selection, count: false, on: periodDay(source, query, asking) } };
}

/** Buffers that a question touches, for the page or for the one after it. */
async function touched(
  question: Question,
  cursor: unknown[] | null,
  asking = context,
): Promise<{ buffers: number; last: unknown[] | null }> {
  const { list, source } = pageOf(question, cursor, 50, asking);
  const { text, values } = listStatement(list, source, asking).render();
  const [row] = (await reader.query({ text, values })).rows;
  const [plan] = (await reader.query({ text: `explain (analyze, buffers, timing off, format json) ${text}`, values })).rows;
  const node: Node = plan["QUERY PLAN"][0].Plan;
  return { buffers: (node["Shared Hit Blocks"] ?? 0) + (node["Shared Read Blocks"] ?? 0), last: row.last };
}

/** The most of a question's first two pages. */
async function mostOf(question: Question, asking = context): Promise<number> {
  const first = await touched(question, null, asking);
  return Math.max(first.buffers, first.last ? (await touched(question, first.last, asking)).buffers : 0);
}

/** How a question is found. */
function planned(question: Question, asking = context): string {
  const { list, source } = pageOf(question, null, 50, asking);
  return planOf(list, source, asking);
}

const nameOf = ({ noun, parameters, sort }: Question): string =>
  `${noun} ${Object.keys(parameters).join("&")}${sort ? ` sort=${sort}` : ""}`;

/** How many times as much as on PostgreSQL 18 a page may touch here. */
async function timesHere(): Promise<number> {
  const { rows } = await reader.query("select current_setting('server_version_num')::int >= 180000 as new");
  return rows[0].new ? 1 : BEFORE_18;
}

/** Territories of every size, by organization, by place and by both, with how many people each reaches. */
async function territories(): Promise<(Bounds & { reached: number })[]> {
  const { rows } = await reader.query<{ id: string; org: boolean; n: number }>(
    `select node_id as id, count(distinct person_id)::int as n, exists (select from organizations o where o.id = node_id) as org
     from person_reach where from_day <= $1 and until_day >= $1 group by 1`,
    [TODAY],
  );
  const nearest = (org: boolean, n: number) =>
    rows.filter((row) => row.org === org).toSorted((a, b) => Math.abs(a.n - n) - Math.abs(b.n - n))[0]!;
  const one = (org: boolean, n: number) => {
    const { id, n: reached } = nearest(org, n);
    return { org: org ? [id] : null, loc: org ? null : [id], reached };
  };
  const both = (org: number, loc: number) => {
    const [unit, place] = [nearest(true, org), nearest(false, loc)];
    return { org: [unit.id], loc: [place.id], reached: Math.min(unit.n, place.n) };
  };
  const sizes = [1, 20, 50, 150, 400, 2_000, people];
  return [...sizes.flatMap((n) => [one(true, n), one(false, n)]), both(20, people), both(people, 100)];
}

const idsIn = (json: string): string[] => (JSON.parse(json) as { id: string }[]).map(({ id }) => id);

/** The ids of a question's first pages. */
async function walked(question: Question, pages: number, limit: number): Promise<string[]> {
  const found: string[] = [];
  let cursor: unknown[] | null = null;
  for (let page = 0; page < pages; page++) {
    const { list, source } = pageOf(question, cursor, limit);
    const [row]: ListRow[] = (await reader.query(listStatement(list, source, context).render())).rows;
    found.push(...idsIn(`[${String(row!.data)}]`));
    if (!row!.has_more) break;
    cursor = row!.last;
  }
  return found;
}

describe("a page of 50", () => {
  test(
    `touches at most ${MOST} buffers, by each declared filter and sort alone and in the declared combinations`,
    async () => {
      const worst = new Map<string, { buffers: number; question: Question }>();
      for (const question of questions) {
        expect([question, planned(question)]).toEqual([question, "indexed"]);
        const buffers = await mostOf(question);
        const name = nameOf(question);
        if (buffers > (worst.get(name)?.buffers ?? -1)) worst.set(name, { buffers, question });
      }
      const times = await timesHere();
      const over = [...worst].filter(([name, { buffers }]) => buffers > (ABOVE[name] ?? MOST) * times);
      if (people > 100_000) {
        const lines = [...worst].toSorted(([, a], [, b]) => b.buffers - a.buffers).map(([name, { buffers }]) => `${buffers}\t${name}`);
        process.stdout.write(`${lines.join("\n")}\n`);
      }
      expect(over.map(([name, { buffers, question }]) => `${name}: ${buffers} ${JSON.stringify(question.parameters)}`)).toEqual([]);
      expect(questions.length).toBeGreaterThan(300);
    },
    20 * 60_000,
  );

  test(
    "touches no more by who is bound to a territory of any size, where it is said to be found by indexes",
    async () => {
      const times = await timesHere();
      const over: string[] = [];
      const count = { indexed: 0, facts: 0 };
      for (const { reached, ...bounds } of await territories()) {
        const asking = contextOf(bounds);
        const bounded = questions.filter(({ noun }) => catalog[noun]!.noun.standing !== "reference");
        for (const question of bounded) {
          const plain = Object.keys(question.parameters).length === 0 && question.sort === undefined;
          const indexed = planned(question, asking) === "indexed";
          if (!indexed && !plain) continue;
          count[indexed ? "indexed" : "facts"]++;
          // What hangs on people is looked for by them where they are few, in an index where they are some, and where they are many met soon.
          const some = Math.min(5 * reached, (300 * people) / Math.max(reached, 1));
          const allowed = times * (indexed ? MOST : people <= 20_000 ? 750 : 750 + some);
          const buffers = await mostOf(question, asking);
          if (buffers > allowed) over.push(`${nameOf(question)}: ${buffers}, ${reached} people, ${JSON.stringify(bounds)}`);
        }
      }
      expect(over).toEqual([]);
      expect(count.indexed).toBeGreaterThan(100);
      expect(count.facts).toBeGreaterThan(100);
    },
    10 * 60_000,
  );

  test("is what an export has there, where its rows are looked for near its beginning", async () => {
    const near = questions.filter((question) => {
      const { list, source } = pageOf(question, null, 17);
      return question.sort === undefined && listStatement(list, source, context).render().text.includes("with w as materialized");
    });
    expect(near.length).toBeGreaterThan(50);
    for (const question of near.filter((_, n) => people <= 20_000 || n % 10 === 0)) {
      const { list, source } = pageOf(question, null, 17);
      const { text, values } = exportStatement(list, source, context).render();
      const { rows } = await reader.query({ text: `${text} limit 51`, values });
      expect([question, await walked(question, 3, 17)]).toEqual([question, idsIn(`[${rows.map(({ line }) => line as string).join()}]`)]);
    }
  }, 60_000);
});

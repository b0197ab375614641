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
 * What may touch more, and why: `name:match` ranks every name that has the words or resembles them, and the bearers of each, whoever they
 * are; a name of two common words is borne by hundreds in as many spellings (at 1,000,000 people up to 1,030).
 */
const ABOVE: Record<string, number> = { "people name:match": 1_500 };

/** PostgreSQL 15 descends an index anew for each value of a list, and 18 does not: a branch of a tree is such a list. */
const BEFORE_18 = 8;

type Node = { "Shared Hit Blocks"?: number; "Shared Read Blocks"?: number };
const people = inject("people") ?? 8_000;
const keys = loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
const context: Context = {
  actor: {
    client: "plans",
    subject: "plans",
    scopes: new Set(SCOPES),
    org: null,
    loc: null,
    purpose: "verification",
    language: "vi",
  },
  catalog,
  keys,
  today: TODAY,
  asOf: null,
  inUrl: true,
};

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
function pageOf({ noun, parameters, sort }: Question, after: unknown[] | null, limit: number): { list: ListQuery; source: Source } {
  const source = catalog[noun]!;
  const query =
    Object.keys(parameters).length === 0 ? ALL : readParameters(parameters, known(source, context), Object.keys(source.noun.collections));
  const selection = readSelection(source, "id", undefined, context);
  return { source, list: { query, sort, after, limit, selection, count: false, on: periodDay(source, query, context) } };
}

/** Buffers that a question touches, for the page or for the one after it. */
async function touched(question: Question, cursor: unknown[] | null): Promise<{ buffers: number; last: unknown[] | null }> {
  const { noun, parameters, sort } = question;
  const { list, source } = pageOf(question, cursor, 50);
  expect([noun, parameters, sort, planOf(list, source, context)]).toEqual([noun, parameters, sort, "indexed"]);
  const { text, values } = listStatement(list, source, context).render();
  const [row] = (await reader.query({ text, values })).rows;
  const [plan] = (await reader.query({ text: `explain (analyze, buffers, timing off, format json) ${text}`, values })).rows;
  const node: Node = plan["QUERY PLAN"][0].Plan;
  return { buffers: (node["Shared Hit Blocks"] ?? 0) + (node["Shared Read Blocks"] ?? 0), last: row.last };
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
        const name = `${question.noun} ${Object.keys(question.parameters).join("&")}${question.sort ? ` sort=${question.sort}` : ""}`;
        const first = await touched(question, null);
        const next = first.last ? await touched(question, first.last) : first;
        const buffers = Math.max(first.buffers, next.buffers);
        if (buffers > (worst.get(name)?.buffers ?? -1)) worst.set(name, { buffers, question });
      }
      const { rows } = await reader.query("select current_setting('server_version_num')::int >= 180000 as new");
      const allowed = (name: string) => (ABOVE[name.trim()] ?? MOST) * (rows[0].new ? 1 : BEFORE_18);
      const over = [...worst].filter(([name, { buffers }]) => buffers > allowed(name));
      if (people > 100_000) {
        const lines = [...worst].toSorted(([, a], [, b]) => b.buffers - a.buffers).map(([name, { buffers }]) => `${buffers}\t${name}`);
        process.stdout.write(`${lines.join("\n")}\n`);
      }
      expect(over.map(([name, { buffers, question }]) => `${name}: ${buffers} ${JSON.stringify(question.parameters)}`)).toEqual([]);
      expect(questions.length).toBeGreaterThan(300);
    },
    20 * 60_000,
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

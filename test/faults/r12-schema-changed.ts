import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { migrate, migrations } from "../../src/db/upkeep/migrations.ts";
import { nameOf } from "./stand/client.ts";
import type { Answer, Asked, Caller } from "./stand/client.ts";
import { callerOf } from "./stand/client.ts";
import { breachesOf } from "./stand/fault.ts";
import type { Fault, Found } from "./stand/fault.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";

const ROOT = join(import.meta.dirname, "../..");
const AT_ONCE = 8;
/** How many earlier states of the code, each just before a migration came, are run on the newest schema. */
const EARLIER = 4;

type Run = { earlier: number; contraction?: string; unlocked?: boolean };

async function run(place: Place, { earlier, contraction, unlocked = false }: Run): Promise<Found> {
  const once = unlocked ? await withoutTurns(place) : await together(place);
  const commits = earlier > 0 ? commitsBeforeMigrations().slice(0, earlier) : [];
  const refused: string[] = [];
  let calls = 0;
  for (const commit of commits) {
    const outcome = await walk(place, commit, contraction);
    calls += outcome.length;
    refused.push(...outcome.filter(({ fits }) => !fits).map(({ what }) => `${commit.slice(0, 7)}: ${what}`));
  }
  const code =
    earlier === 0 ? "" : `; the code of ${commits.length} earlier commits: ${calls} calls on the newest schema, ${refused.length} refused`;
  return {
    figure: `${AT_ONCE} migrators at once: each of ${once.files} files applied ${once.times}${code}`,
    breaches: breachesOf({
      "a migration was applied twice, or a migrator failed": once.times !== "once",
      "no history of the code is at hand": earlier > 0 && commits.length === 0,
      [`the earlier code fails: ${refused.slice(0, 5).join("; ")}`]: refused.length > 0,
    }),
  };
}

/** Eight migrators on an empty schema. */
async function together(place: Place): Promise<{ files: number; times: string }> {
  const urls = await place.database();
  await place.ask(urls, "drop schema trithuc cascade");
  await place.ask(urls, "drop schema graphile_worker cascade");
  await place.ask(urls, "create schema trithuc authorization trithuc_owner; grant usage on schema trithuc to trithuc_service");
  const done = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => migrate(urls.ownerUrl)));
  const applied = done.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const files = migrations().length;
  const clean = done.every(({ status }) => status === "fulfilled") && applied.length === files && new Set(applied).size === files;
  return {
    files,
    times: clean ? "once" : `${applied.length} times in all, ${done.filter(({ status }) => status === "rejected").length} failed`,
  };
}

/** As drizzle's own migrator does it: each looks what is pending, and then applies it. */
async function withoutTurns(place: Place): Promise<{ files: number; times: string }> {
  const urls = await place.database();
  await place.ask(urls, "create table naive (name text); create table counted (n int); insert into counted values (0)");
  const one = async () => {
    const client = new Client({ connectionString: urls.adminUrl, options: "-c search_path=trithuc" });
    await client.connect();
    if ((await client.query("select from naive")).rowCount === 0) {
      await client.query("select pg_sleep(0.05)");
      await client.query("begin; update counted set n = n + 1; insert into naive values ('0001'); commit");
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const [counted] = await place.ask<{ n: number }>(urls, "select n from counted");
  return { files: 1, times: counted!.n === 1 ? "once" : `${counted!.n} times` };
}

/** The commits just before one that brought a migration, the last first; none without a history. */
function commitsBeforeMigrations(): string[] {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const brought = git("log", "--format=%H", "--diff-filter=A", "--", "migrations/*.sql").split("\n").filter(Boolean);
    return brought.map((commit) => git("rev-parse", `${commit}^`));
  } catch {
    return [];
  }
}

type Called = { what: string; fits: boolean };

/** Runs the code of a commit on a database of the newest schema, and what a client does in a day. */
async function walk(place: Place, commit: string, contraction: string | undefined): Promise<Called[]> {
  const folder = mkdtempSync(join(tmpdir(), "trithuc-earlier-"));
  try {
    const parts = ["src", "migrations", "reference", "openapi", "package.json"];
    execFileSync("/bin/sh", ["-c", `git archive "$0" ${parts.join(" ")} | tar -x -C "$1"`, commit, folder], { cwd: ROOT });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const urls = await place.database();
    if (contraction !== undefined) await place.ask(urls, contraction);
    const service = await serviceOn(place, urls.serviceUrl, { earlier: folder });
    await service.start();
    const caller = callerOf(service.port, await service.token());
    const called = await day(caller);
    await service.killAll();
    caller.close();
    return called;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function day(caller: Caller): Promise<Called[]> {
  const called: Called[] = [];
  const call = async (asked: Asked, wanted: number): Promise<{ id: string; version: number }> => {
    const headers = { ...asked.headers, ...(asked.method === "POST" && { "idempotency-key": crypto.randomUUID() }) };
    let answer: Answer = await caller.call({ ...asked, headers });
    // A machine with too much to do is no fault of the schema; whoever is told to come again comes again.
    for (let again = 0; again < 10 && answer.status === 503; again++) {
      await delay(500);
      answer = await caller.call({ ...asked, headers });
    }
    called.push({
      what: `${asked.method ?? "GET"} ${asked.path.replaceAll(/[0-9a-f-]{36}/g, "{id}")} ${nameOf(answer)} ${codeOf(answer)}`,
      fits: answer.status === wanted,
    });
    return "text" in answer && answer.text.startsWith("{") && !asked.path.includes("export")
      ? (JSON.parse(answer.text) as { id: string; version: number })
      : { id: "", version: 0 };
  };
  const facts = {
    degrees: [{ level: "TS", graduation_year: 2016 }],
    expertise: [{ field: "101", role: "main" }],
    awards: [{ award: "NGUT", year: 2020 }],
  };
  const person = await call(
    { method: "POST", path: "/v1/people", body: { name: { full: "Nguyễn Văn Trước" }, biography: "…", ...facts } },
    201,
  );
  const at = `/v1/people/${person.id}`;
  await call({ path: `${at}?include=degrees,expertise` }, 200);
  const changed = await call(
    { method: "PATCH", path: at, body: { biography: "Khác" }, headers: { "if-match": `"${person.version}"` } },
    200,
  );
  const degree = await call({ method: "POST", path: `${at}/degrees`, body: { level: "CN" } }, 201);
  await call(
    { method: "PATCH", path: `/v1/degrees/${degree.id}`, body: { level: "ThS" }, headers: { "if-match": `"${degree.version}"` } },
    200,
  );
  for (const path of [
    "/v1/people?degrees.level=TS&sort=name",
    "/v1/people?name:match=truoc",
    "/v1/people/suggest?q=truo",
    "/v1/degrees",
    "/v1/organizations?limit=5",
    "/v1/people/export",
  ])
    await call({ path }, 200);
  await call({ method: "DELETE", path: at, headers: { "if-match": `"${changed.version}"` } }, 204);
  await call({ path: at }, 410);
  await call({ method: "POST", path: `${at}/restorations` }, 201);
  return called;
}

const codeOf = (answer: Answer): string => ("text" in answer ? (/"code":"([a-z-]+)"/.exec(answer.text)?.[1] ?? "") : "");

export const schemaChanged: Fault = {
  id: "R12",
  promise: "migrations run once however many start them, and the code before them works on the schema after",
  figure:
    "8 migrators at once = once; the code before each of the last migrations runs on the newest schema; every earlier version with data -> newest (test/migrations/versions.test.ts)",
  // The history of the code is not in every checkout: the short form, which takes the last one, does without.
  run: (place, extent) => run(place, { earlier: extent === "long" ? EARLIER : Math.min(1, commitsBeforeMigrations().length) }),
  controls: [
    { defect: "each migrator looks and then applies, without a lock", run: (place) => run(place, { earlier: 0, unlocked: true }) },
    {
      defect: "a migration takes away a column that the earlier code reads",
      slow: true,
      run: (place) => run(place, { earlier: 1, contraction: "alter table people rename column biography to life_story" }),
    },
  ],
};

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { newFolder } from "../setup/folder.ts";
import { ROOT } from "./walk.ts";

const SCOPE: readonly Scope[] = ["changes:read", "people:read", "exports"];
const FACTS = ["degrees", "affiliations"] as const;
const WORK_MS = 8_000;
const PATIENCE_MS = 20_000;
const folder = newFolder();
const file = join(folder, "copy.db");

let registry: Registry;
let follower: Agent;
let environment: Record<string, string>;
let running: ChildProcess;
const said: string[] = [];

beforeAll(async () => {
  registry = await startRegistry({ feed: true });
  // A territory, so that people come and go.
  const wish = { scope: SCOPE, org: ["SYT"] };
  follower = registry.as(wish);
  const { port } = registry.app.server.address() as AddressInfo;
  environment = { PATH: process.env["PATH"] ?? "", TRITHUC: `http://127.0.0.1:${port}`, TOKEN: await registry.token(wish) };
}, 60_000);
afterAll(async () => {
  running?.kill("SIGKILL");
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(): void {
  running = spawn(process.execPath, ["--no-warnings", "docs/follow.mjs", file], {
    cwd: ROOT,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.stderr!.setEncoding("utf8").on("data", (text: string) => said.push(text));
}

async function kill(): Promise<void> {
  const gone = once(running, "close");
  running.kill("SIGKILL");
  await gone;
}

/** Makes, moves, hides and restores people and their facts without rest. */
async function write(units: readonly string[], until: number): Promise<void> {
  const { admin } = registry;
  const people: string[] = [];
  while (performance.now() < until) {
    const one = people[randomInt(Math.max(1, people.length))];
    if (one === undefined || people.length < 20) {
      const affiliations = [{ kind: "employment", organization_id: units[randomInt(units.length)] }];
      const { body } = await admin.post("/v1/people", {
        name: { full: `Mẫu Thị ${people.length}` },
        degrees: [{ level: "TS" }],
        affiliations,
      });
      people.push(body.id as string);
      continue;
    }
    const { status, headers } = await admin.get(`/v1/people/${one}`);
    if (status === 410) await admin.post(`/v1/people/${one}/restorations`);
    else await change(one, headers["etag"]!, units);
  }
}

async function change(one: string, tag: string, units: readonly string[]): Promise<void> {
  const { admin } = registry;
  const facts = async (noun: string) =>
    (await admin.get(`/v1/people/${one}/${noun}`)).body.data as { id: string; version: number; ended: boolean | null }[];
  switch (randomInt(5)) {
    case 0:
      return void (await admin.delete(`/v1/people/${one}`, tag));
    case 1: {
      const [affiliation] = (await facts("affiliations")).filter(({ ended }) => ended !== true);
      if (affiliation) await admin.patch(`/v1/affiliations/${affiliation.id}`, { ended: true }, affiliation.version);
      return;
    }
    case 2:
      return void (await admin.post(`/v1/people/${one}/affiliations`, {
        kind: "employment",
        organization_id: units[randomInt(units.length)],
      }));
    case 3: {
      const [degree] = await facts("degrees");
      if (degree) await admin.patch(`/v1/degrees/${degree.id}`, { graduation_year: 1990 + randomInt(30) }, degree.version);
      return;
    }
    default:
      return void (await admin.patch(`/v1/people/${one}`, { keywords: [String(randomInt(1000))] }, tag));
  }
}

type Row = { id: string; version: number; preferred?: boolean; redacted?: string[] };
/** What a record holds: which of several statements is preferred follows from the others, and changes without a version. */
const held = (rows: Row[]) =>
  rows.map(({ preferred: _preferred, redacted: _redacted, ...rest }) => rest).toSorted((a, b) => (a.id < b.id ? -1 : 1));

async function ofRegistry(noun: string) {
  const ask = () => follower.get(`/v1/${noun}/export?include=`);
  let { status, text } = await ask();
  // The follower may be at an export, and this service makes one at a time.
  for (const deadline = performance.now() + PATIENCE_MS; status !== 200 && performance.now() < deadline;) {
    await delay(100);
    ({ status, text } = await ask());
  }
  expect(status, text).toBe(200);
  const lines = text.trimEnd().split("\n").slice(0, -1);
  return held(lines.map((line) => JSON.parse(line) as Row));
}

function ofCopy(noun: string) {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = copy.prepare("select body from records where noun = ?").all(noun) as { body: string }[];
    return held(rows.map(({ body }) => JSON.parse(body) as Row));
  } finally {
    copy.close();
  }
}

describe("the example follower", () => {
  test("has the registry's records after any number of kills, however they fell", async () => {
    const units = (await registry.sql<{ id: string }>("select id from organizations where code in ('SYT', 'SKHCN')")).map(({ id }) => id);
    const until = performance.now() + WORK_MS;
    const writing = Promise.all([write(units, until), write(units, until)]);
    let kills = 0;
    for (start(); performance.now() < until; kills++) {
      await delay(randomInt(100, 1_200));
      await kill();
      start();
    }
    await writing;
    const nouns = ["people", ...FACTS];
    const expected = [];
    for (const noun of nouns) expected.push(await ofRegistry(noun));
    const deadline = performance.now() + PATIENCE_MS;
    while (!isDeepStrictEqual(nouns.map(ofCopy), expected) && performance.now() < deadline) await delay(100);
    expect(nouns.map(ofCopy), said.join("")).toEqual(expected);
    expect(kills).toBeGreaterThan(3);
    expect(expected[0]!.length).toBeGreaterThan(5);
  }, 60_000);
});

import { beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { CLASSES, STANDINGS } from "../../src/core/policy.ts";
import { copiedDatabase } from "../setup/database.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";
import { toldOf } from "./cells.ts";
import { askerOf } from "./strangers/asker.ts";
import { Curious } from "./strangers/curious.ts";
import { otherwise, sameFeed } from "./strangers/elsewhere.ts";
import { exchange } from "./strangers/exchange.ts";
import { faceOf, UNKEPT } from "./strangers/faces.ts";
import { ELSEWHERE, peopled, UNIVERSITY } from "./strangers/world.ts";
import type { World } from "./strangers/world.ts";

/** Requests for each role: `QUESTIONS=2000` for the figure of docs/security.md. */
const QUESTIONS = Number(process.env["QUESTIONS"] ?? 60);
const SEED = Number(process.env["SEED"] ?? 1);

let world: World;
/** As it stands; with other people outside the territory; with other guarded values. */
let here: Registry;
let outside: Registry;
let guarded: Registry;

const reading: readonly Scope[] = ["people:read", "people:write", "exports", "changes:read"];
const closed: readonly Scope[] = ["people:read.restricted", "people:read.sensitive"];
const ROLES: Record<string, { wish: Wish; other: () => Registry }> = {
  // First: who reads guarded values after this writes the log that an auditor reads.
  "an officer and auditor of another province": {
    wish: { scope: ["privacy", "audit", "exports", "people:read", "imports"], ...ELSEWHERE },
    other: () => outside,
  },
  "a clerk of another province": { wish: { scope: reading, ...ELSEWHERE }, other: () => outside },
  "a clerk of the university, who reads everything of its people": {
    wish: { scope: [...reading, ...closed], purpose: "verification", ...UNIVERSITY },
    other: () => outside,
  },
  "the directory": { wish: { scope: ["directory:read", "exports", "changes:read"] }, other: () => outside },
  "a reader of the whole province": { wish: { scope: reading, purpose: "advice" }, other: () => guarded },
  "a reader with every scope and no purpose": { wish: { scope: [...reading, ...closed] }, other: () => guarded },
};

beforeAll(async () => {
  const base = await startRegistry({ kept: UNKEPT, feed: true });
  world = await peopled(base);
  const { keys, urls } = base;
  await toldOf(
    base,
    Object.values({ ...world, units: [] }).flatMap((some) => some.map(({ id }) => ({ person: id }))),
  );
  await base.close();
  const copies = [urls, await copiedDatabase(urls), await copiedDatabase(urls)];
  const start = async (at: typeof urls, change: (registry: Registry) => Promise<void>) => {
    const quiet = await startRegistry({ kept: UNKEPT, urls: at, keys });
    await sameFeed(quiet);
    await quiet.close();
    const registry = await startRegistry({ kept: UNKEPT, urls: at, keys, feed: true });
    await change(registry);
    return registry;
  };
  here = await start(copies[0]!, async () => {});
  outside = await start(copies[1]!, (registry) => otherwise(registry, world));
  guarded = await start(copies[2]!, exchange);
  return () => Promise.all([here.close(), outside.close(), guarded.close()]);
}, 60_000);

/** Requests that two registries answer otherwise, and how many were answered well. */
async function differences(wish: Wish, other: Registry, count: number, seed = SEED): Promise<{ differing: string[]; well: number }> {
  const curious = new Curious(world, seed);
  const asked = [await askerOf(here, wish), await askerOf(other, wish)] as const;
  const differing: string[] = [];
  let well = 0;
  for (let n = 0; n < count; n++) {
    const call = curious.next();
    const [a, b] = await Promise.all(asked.map((ask) => ask(call)));
    if (a!.status < 300) well += 1;
    const faces = [faceOf(a!), faceOf(b!)];
    if (faces[0] !== faces[1]) differing.push([`${call.method} ${call.path} ${JSON.stringify(call.body ?? "")}`, ...faces].join("\n"));
  }
  return { differing, well };
}

describe("two registries that differ only in what the caller may not know", () => {
  test.each(Object.keys(ROLES))(
    "answer alike, byte for byte, to %s",
    async (name) => {
      const { wish, other } = ROLES[name]!;
      const { differing, well } = await differences(wish, other(), QUESTIONS);
      console.log(`${name}: ${QUESTIONS} requests, ${well} with success, ${differing.length} answered otherwise (seed ${SEED})`);
      expect(differing.slice(0, 5)).toEqual([]);
      expect(well).toBeGreaterThan(QUESTIONS * 0.15);
    },
    60_000 + QUESTIONS * 100,
  );

  test("are told apart where the policy has a hole: no territory, no redaction", async () => {
    const { person } = STANDINGS;
    const { restricted } = CLASSES;
    const { scopes } = restricted;
    try {
      (person as { person: unknown }).person = null;
      const clerk = await differences(ROLES["a clerk of another province"]!.wish, outside, 60);
      expect(clerk.differing.length).toBeGreaterThan(3);
    } finally {
      (person as { person: unknown }).person = "id";
    }
    try {
      (restricted as { scopes: unknown }).scopes = ["people:read"];
      const reader = await differences(ROLES["a reader of the whole province"]!.wish, guarded, 60);
      expect(reader.differing.length).toBeGreaterThan(3);
    } finally {
      (restricted as { scopes: unknown }).scopes = scopes;
    }
  }, 60_000);
});

import { beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import type { Scope } from "../../src/core/actor.ts";
import { CLASSES, STANDINGS } from "../../src/core/policy.ts";
import { analysed, rowsOf } from "../exchange/office.ts";
import { follow } from "../exchange/following.ts";
import { rememberPages } from "../../src/http/nouns/prepared.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";
import { askerOf } from "./strangers/asker.ts";
import type { Asker } from "./strangers/asker.ts";
import { attacksOn } from "./strangers/attacks.ts";
import type { Attack } from "./strangers/attacks.ts";
import { faceOf } from "./strangers/faces.ts";
import { ELSEWHERE, peopled } from "./strangers/world.ts";
import type { World } from "./strangers/world.ts";
import { committedDocument } from "../setup/judge.ts";

let registry: Registry;
let world: World;
let attacks: Attack[];
/** What stands nowhere but with people of whom a stranger may know nothing. */
let canaries: string[];

const STRANGERS: Record<string, Wish> = {
  "a token without any scope": { scope: [] },
  "a token of the directory": { scope: ["directory:read"], purpose: "advice" },
  "a token of the directory with scopes beside it": {
    scope: ["directory:read", "exports", "changes:read", "people:read.restricted", "people:read.sensitive", "stats:read"],
    purpose: "advice",
  },
  "a token of another province with every scope": { scope: SCOPES, purpose: "administration", ...ELSEWHERE },
};

const BETWEEN = new Set(Object.keys(STRANGERS).slice(1, 3));

beforeAll(async () => {
  // What the policy was when a page was first asked for would be remembered.
  registry = await startRegistry({ jobs: true, feed: true, pages: rememberPages(0) });
  world = await peopled(registry);
  const words = [...world.outside, ...world.hidden, ...world.listed].flatMap(({ word }) => [word, word.toLowerCase()]);
  const codes = [...world.outside, ...world.hidden].map(({ code }) => code);
  canaries = [...words, ...codes, "Zqnhapkhau", "Zqclient"];
  const office = registry.as({ scope: ["imports"], client: "office", org: ["SYT"] });
  const { id } = await analysed(office, "Zqnhapkhau.csv", "Họ và tên,Năm sinh\nVương Thị Zqnhapkhau,1971\n", { organization_id: "SYT" });
  const seeing: readonly Scope[] = ["people:read", "privacy", "audit", "imports", "changes:read"];
  const reader = registry.as({ scope: seeing });
  const first = async (path: string) => (await reader.get(path)).body.page.cursor as string;
  const tags = [`/v1/people/${world.outside[3]!.id}`, `/v1/degrees/${world.outside[3]!.ids["degrees"]}`];
  await follow(reader);
  attacks = attacksOn(world, committedDocument(), {
    importId: id,
    rowId: (await rowsOf(office, id))[0].id,
    cursors: [await first("/v1/people?limit=2&sort=name"), await first("/v1/people?limit=2"), await first("/v1/degrees?limit=2")],
    tags: await Promise.all(tags.map(async (path) => (await reader.get(path)).headers["etag"]!)),
  });
  return registry.close;
}, 60_000);

/** What a stranger learns by these requests that he did not know: a canary that he did not send himself, or that a guess was right. */
async function learned(ask: Asker, tried: readonly Attack[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { trick, call, twin } of tried) {
    const answer = await ask(call);
    const sent = decodeURIComponent(call.path) + JSON.stringify(call.body ?? "");
    const face = answer.text + JSON.stringify(answer.headers);
    const told = canaries.filter((canary) => face.includes(canary) && !sent.includes(canary));
    if (told.length > 0) found.push([trick, call.method, call.path, answer.status, told]);
    if (twin === undefined) continue;
    const wrong = faceOf(await ask(twin.call)).replaceAll(encodeURIComponent(twin.wrong), encodeURIComponent(twin.guess));
    if (wrong.replaceAll(twin.wrong, twin.guess) !== faceOf(answer))
      found.push([trick, call.method, call.path, faceOf(answer), "is told from", wrong]);
  }
  return found;
}

describe("a stranger", () => {
  test("has a list of at least 300 requests to try", () => {
    expect(attacks.length).toBeGreaterThanOrEqual(300);
  });

  test.each(Object.keys(STRANGERS))(
    "with %s finds nothing hidden by any of them",
    async (name) => {
      // Who has least and who has most try everything, the two between them a third of it.
      const tried = BETWEEN.has(name) ? attacks.filter((_, n) => n % 3 === 0) : attacks;
      const found = await learned(await askerOf(registry, STRANGERS[name]!), tried);
      console.log(`${name}: ${tried.length + tried.filter(({ twin }) => twin).length} requests, ${found.length} told something`);
      expect(found).toEqual([]);
    },
    60_000,
  );

  test("changes nothing by them", async () => {
    for (const { id } of world.outside) expect((await registry.admin.get(`/v1/people/${id}`)).body.version).toBe(2);
    for (const { id } of world.hidden) expect((await registry.admin.get(`/v1/people/${id}`)).status).toBe(410);
  });

  test("finds something where the policy has a hole: a territory not asked for, a class open to the directory", async () => {
    const some = attacks.filter((_, i) => i % 5 === 0);
    const { person } = STANDINGS;
    const { internal } = CLASSES;
    try {
      (person as { person: unknown }).person = null;
      expect(
        (await learned(await askerOf(registry, STRANGERS["a token of another province with every scope"]!), some)).length,
      ).toBeGreaterThan(1);
    } finally {
      (person as { person: unknown }).person = "id";
    }
    try {
      (internal as { directory: boolean }).directory = true;
      expect((await learned(await askerOf(registry, STRANGERS["a token of the directory"]!), some)).length).toBeGreaterThan(1);
    } finally {
      (internal as { directory: boolean }).directory = false;
    }
  }, 60_000);
});

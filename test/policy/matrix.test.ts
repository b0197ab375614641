import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import type { Scope } from "../../src/core/actor.ts";
import { STANDINGS } from "../../src/core/policy.ts";
import { describePolicy } from "../../src/core/policy/description.ts";
import { operations } from "../../src/core/policy/operations.ts";
import type { Document } from "../../src/http/openapi.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Answer, Registry } from "../setup/registry.ts";
import { callsOf, claimOf, placeOf, targets, toldOf } from "./cells.ts";
import type { Ground, Target } from "./cells.ts";
import { MATRIX, RELATIONS } from "./matrix.ts";
import type { Line, Relation } from "./matrix.ts";
import { committedDocument } from "../setup/judge.ts";

let registry: Registry;
let document: Document;
let ground: Ground;
let make: ReturnType<typeof targets>;
let shared: Map<Relation, Target>;

beforeAll(async () => {
  registry = await startRegistry({ feed: true });
  document = committedDocument();
  const one = async (text: string) => (await registry.sql<{ id: string }>(text))[0]!.id;
  const child = await registry.sql<{ id: string; parent_id: string }>(
    "select id, parent_id from organizations where parent_id is not null order by code limit 1",
  );
  const commune = (offset: number) =>
    one(
      `select id from localities where kind = 'commune' and valid_to is null and parent_id in (select id from localities where code = '24') order by code limit 1 offset ${offset}`,
    );
  const { id: below, parent_id: unit } = child[0]!;
  const other = await one(
    `select id from organizations o where not exists (select from organization_tree t where t.organization_id = o.id and t.ancestor_id = '${unit}')
       and locality_id is null and not exists (select from organization_tree t where t.organization_id = '${unit}' and t.ancestor_id = o.id) order by code limit 1`,
  );
  ground = { unit, below, other, place: await commune(3), elsewhere: await commune(4) };
  make = targets(registry, document, ground);
  shared = new Map();
  for (const relation of RELATIONS) shared.set(relation, await make(relation));
  return registry.close;
}, 60_000);

const idsOf = (operation: string) =>
  Object.values(document.paths)
    .flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId as string))
    .includes(operation);

const LETTERS: Record<string, string> = {
  d: "done",
  o: "left-out",
  n: "not-found",
  g: "deleted",
  t: "outside-territory",
  c: "state-conflict",
};

function outcomeOf(answer: Answer, listed: string | undefined): string {
  if (answer.status >= 300) return answer.body.code as string;
  if (listed === undefined) return "done";
  return answer.text.includes(listed) ? "done" : "left-out";
}

/** The scopes of which each suffices, with what is needed beside. `directory:read` has a test of its own: its rows are those of consents. */
function sufficient({ scopes, also, operation }: Line): Scope[][] {
  // Of people the feed tells whoever may read them.
  if (operation === "listChanges") return [["changes:read", "people:read"]];
  const own = (scopes[0] === "any" ? ["people:read"] : scopes).filter((scope) => scope !== "directory:read") as Scope[];
  const beside = also.filter((scope) => scope !== "directory:read") as Scope[];
  return own.flatMap((scope) => (beside.length === 0 ? [[scope]] : beside.map((one) => [scope, one])));
}

/** Asks for every cell of these lines; gives those in which the service does otherwise, and how many there are. */
async function compare(lines: readonly Line[], of = registry): Promise<{ wrong: unknown[]; cells: number }> {
  const calls = callsOf(document);
  const wrong: unknown[] = [];
  let cells = 0;
  for (const line of lines.filter(({ cells: own }) => own !== null)) {
    const { call, lists } = calls[line.operation]!;
    const reads = /^(get|list|search|suggest|export|reconcile)/.test(line.operation);
    for (const [i, relation] of RELATIONS.entries()) {
      const wanted = LETTERS[line.cells![i]!];
      if (wanted === undefined) continue;
      for (const scope of sufficient(line)) {
        const at = reads ? shared.get(relation)! : await make(relation);
        const where = placeOf(relation, ground);
        const listed = typeof lists === "function" ? lists(at) : lists === undefined ? undefined : (at[lists] as string);
        const got = outcomeOf(await call(of.as({ scope, ...claimOf(relation, ground) }), at, where), listed);
        if (got !== wanted) wrong.push([line.operation, scope.join("+"), relation, { wanted, got }]);
        cells += 1;
      }
      // Without its scope nothing is told of where anybody stands.
      const others = SCOPES.filter((scope) => ![...line.scopes].includes(scope));
      if (line.scopes[0] === "any") continue;
      const refused = await call(of.as({ scope: others, ...claimOf(relation, ground) }), shared.get(relation)!, placeOf(relation, ground));
      if (refused.body.code !== "scope-missing") wrong.push([line.operation, "all others", relation, refused.body.code]);
      cells += 1;
    }
  }
  return { wrong, cells };
}

/** Does something while a member of the policy, read-only to everybody else, is another. */
async function spoilt<T extends object, K extends keyof T, R>(of: T, key: K, value: T[K], work: () => Promise<R>): Promise<R> {
  const before = of[key];
  const open = of as { -readonly [P in keyof T]: T[P] };
  open[key] = value;
  try {
    return await work();
  } finally {
    open[key] = before;
  }
}

describe("the matrix of scopes, operations and relations, written by hand", () => {
  test("has a line for every operation, and every line an operation", () => {
    const operations = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId as string),
    );
    expect(MATRIX.map(({ operation }) => operation).toSorted()).toEqual(operations.toSorted());
    expect(MATRIX.every(({ operation }) => idsOf(operation))).toBe(true);
  });

  test("is what the service does, in every cell", async () => {
    // What the log tells of each.
    await registry.admin.get("/v1/people?limit=500");
    await registry.sql(
      "insert into access_log (id, person_id, operation, fields, client, actor, request_id) select gen_random_uuid(), id, 'x', '{phones}', 'x', 'x', 'x' from people",
    );
    await toldOf(registry, shared.values());
    const { wrong, cells } = await compare(MATRIX);
    console.log(`cells of the matrix: ${cells}`);
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(900);
  }, 180_000);

  test("is found to be another where one of its cells is, and where one rule of the policy is spoilt", async () => {
    const line = MATRIX.find(({ operation }) => operation === "getPersonRevision")!;
    const flipped = { ...line, cells: line.cells!.replace("d", "n") };
    expect((await compare([flipped])).wrong).toEqual([
      ["getPersonRevision", "people:read", "own_unit", { wanted: "not-found", got: "done" }],
    ]);
    const [, rule] = operations().find(([operation]) => operation === "changePerson")!;
    const changes = MATRIX.find(({ operation }) => operation === "changePerson")!;
    // A service reads the rules of its routes when it is built.
    const built = await spoilt(rule, "scope", "any", () => startRegistry({ urls: registry.urls, keys: registry.keys }));
    onTestFinished(built.close);
    expect((await compare([changes], built)).wrong).toContainEqual([
      "changePerson",
      "all others",
      "own_unit",
      expect.stringMatching(/^BN-/),
    ]);
    expect((await spoilt(STANDINGS.person, "person", null, () => compare([line]))).wrong).toContainEqual([
      "getPersonRevision",
      "people:read",
      "other_unit",
      { wanted: "not-found", got: "done" },
    ]);
    expect((await compare([line])).wrong).toEqual([]);
  });

  test("is what the policy says of itself", () => {
    const { operations, outcomes } = describePolicy(Object.values(catalog).map(({ noun }) => noun));
    const said = operations.map(({ operation, scopes, also, act }) => [operation, scopes.join(" "), also.join(" "), act] as const);
    const cells = (act: string) =>
      RELATIONS.map((relation) => outcomes.find((one) => one.act === act && one.relation === relation)?.outcome ?? "none");
    const wanted = MATRIX.map(({ operation, scopes, also }) => [operation, scopes.join(" "), also.join(" ")]).toSorted();
    expect(said.map(([operation, scopes, also]) => [operation, scopes, also]).toSorted()).toEqual(wanted);
    const wrong = said.flatMap(([operation, , , act]) => {
      const own = MATRIX.find((line) => line.operation === operation)!.cells;
      const hand = own === null ? null : [...own].map((letter) => LETTERS[letter] ?? "impossible");
      return hand === null
        ? act === "none"
          ? []
          : [[operation, act]]
        : String(hand) === String(cells(act))
          ? []
          : [[operation, act, hand.join(), cells(act).join()]];
    });
    expect(wrong).toEqual([]);
  });
});

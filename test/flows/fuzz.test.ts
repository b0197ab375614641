import { beforeAll, expect, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import { committedJudge } from "../setup/judge.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { aimsOf } from "./aims.ts";
import type { Aim, Shot } from "./aims.ts";
import { Fuzzer } from "./fuzz.ts";
import { labOf } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** `npm run test:fuzz` asks for 100,000, of each declared status at least 50. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 600);
const HITS = Number(process.env["FUZZ_HITS"] ?? 0);
const SEED = Number(process.env["FUZZ_SEED"] ?? 371);
const FULL = HITS > 0;
/** Idle connections at one time, each held for as long as the service gives headers. */
const STALLING = 700;

let registry: Registry;
let lab: Lab;
beforeAll(async () => {
  registry = await startRegistry({ feed: true, jobs: true, uploadBytes: 200_000 });
  lab = await labOf(registry);
  return registry.close;
}, 60_000);

/**
 * Declared, and not brought about by any request as things stand: 409 `record-merged`, which merges will answer; what every creation
 * declares and a collection without a parent has no case of; records that are never hidden.
 */
const UNREACHED =
  /^(change|delete)(Degree|AcademicTitle|Affiliation|Expertise|Award) 409$|^(deletePerson|changeOrganization) 409$|^(createPerson|createOrganization|putPersonByIdentifier) 404$|DataRequest(Revisions?)? 410$|^getDataCopy 410$|^restoreOrganization 410$/;

/** What was counted: statuses, hits of each declared one, and whatever must not be. */
const statuses = new Map<number, number>();
const hits = new Map<string, number>();
const wrong: string[] = [];
let sent = 0;

async function send(operation: string, shot: Shot, wanted?: number): Promise<{ status: number; body: unknown }> {
  const { status, complaint, body } = await lab.send(shot);
  sent += 1;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  hits.set(`${operation} ${status}`, (hits.get(`${operation} ${status}`) ?? 0) + 1);
  const told = `${wanted ?? ""} ${status} ${shot.method} ${shot.path.slice(0, 300)} ${JSON.stringify(shot.body)?.slice(0, 300)}`;
  if (status === 500 || Number.isNaN(status)) wrong.push(`${told} ${JSON.stringify(body)}`);
  else if (complaint !== undefined) wrong.push(`${told}: ${complaint.slice(0, 500)}`);
  return { status, body };
}

/** Each aim so many times; those who stall side by side, since each takes as long as headers may. */
async function shootAll(aims: readonly Aim[], times: (aim: Aim) => number): Promise<void> {
  const stalling: Promise<unknown>[] = [];
  for (const aim of aims) {
    for (let n = hits.get(`${aim.operation} ${aim.status}`) ?? 0; n < times(aim); n++) {
      const shot = await aim.shoot();
      const going = send(aim.operation, shot, aim.status);
      if (shot.by === "stalling") stalling.push(going);
      else await going;
      if (stalling.length >= STALLING) await Promise.all(stalling.splice(0));
    }
  }
  await Promise.all(stalling);
}

async function fuzz(count: number): Promise<void> {
  const ids = await registry.sql<{ id: string }>(
    "(select id::text from localities limit 5) union all (select id::text from organizations limit 5) union all (select id::text from fields limit 3)",
  );
  const fuzzer = new Fuzzer(lab.document, SEED, [...ids.map(({ id }) => id), lab.at.person]);
  const operations = Object.entries(lab.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId: operationId as string })),
  );
  for (let n = 0; n < count; n++) {
    const { path, method, operationId } = operations[n % operations.length]!;
    const wish =
      n % 7 === 0 ? { scope: ["people:read"] as const } : { scope: SCOPES, ...(n % 2 === 0 && { purpose: "verification" as const }) };
    const { body } = await send(operationId, { ...fuzzer.call(path, method), wish });
    if (body && typeof body === "object" && "id" in body) fuzzer.remember(body.id, path);
  }
}

test(
  `${REQUESTS} requests made from the document are answered as it says, and none with 500 (seed ${SEED})`,
  async () => {
    const aims = aimsOf(lab.document, lab.at, lab.targets);
    const wanted = (aim: Aim) => (aim.status < 300 && !aim.operation.includes("Import") ? Math.ceil(HITS * 3) : HITS);
    // In short one status of each operation in turn; nobody waits for those who stall.
    const some = aims.filter(({ status }, i) => status !== 408 && (i + SEED) % (status < 300 ? 2 : 5) === 0);
    if (FULL) await shootAll(aims, wanted);
    else await shootAll(some, () => 1);
    await fuzz(Math.max(0, REQUESTS - sent));
    const list = [...statuses].toSorted(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`);
    const few = aims.filter(({ operation, status }) => (hits.get(`${operation} ${status}`) ?? 0) < HITS);
    const well = [...statuses].reduce((sum, [status, n]) => sum + (status < 300 ? n : 0), 0);
    console.log(
      `${sent} requests, ${aims.length} pairs of operation and declared status; statuses: ${list.join(", ")}; ${((100 * well) / sent).toFixed(1)}% successes`,
    );
    const named = few.map(({ operation, status }) => `${operation} ${status}`);
    if (FULL) console.log(`below ${HITS} hits: ${named.length} of ${aims.length} pairs: ${named.join(", ")}`);
    expect(named.filter((name) => !UNREACHED.test(name))).toEqual([]);
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(well).toBeGreaterThan(sent * 0.2);
  },
  FULL ? 60 * 60_000 : 120_000,
);

test("a service that fails, and one that answers what the document does not say, are found out", async () => {
  await registry.sql("alter table people add constraint people_broken check (false) not valid");
  const headers = { "content-type": "application/json" };
  const body = { name: { full: "Trần Văn Hỏng" } };
  await send("createPerson", { method: "POST", path: "/v1/people?on_duplicate=create", wish: { scope: SCOPES }, headers, body });
  expect(wrong.splice(0)).toEqual([expect.stringContaining(" 500 POST /v1/people")]);
  const judge = committedJudge();
  expect(judge({ method: "GET", path: "/v1/meta", status: 418, type: "", body: undefined })).toContain("does not declare 418");
  expect(judge({ method: "GET", path: "/v1/meta", status: 200, type: "application/json", body: {} })).toBeDefined();
});

import { isDeepStrictEqual } from "node:util";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { inParallel, WIDTH } from "../oracle/asking/run.ts";
import type { Registry } from "../setup/registry.ts";
import { answer, written } from "./answer.ts";
import type { Body } from "./commands.ts";
import { questions, requestOf } from "./questions.ts";
import type { Question, Reader } from "./questions.ts";
import type { World } from "./world.ts";

const LATEST = "9998";

/** Asks a service and the oracle; says what differs, undefined when nothing does. */
export function comparer(app: FastifyInstance, registry: Registry, world: World): (question: Question) => Promise<string | undefined> {
  const { port } = app.server.address() as AddressInfo;
  const tokens: Record<Reader, Promise<string>> = {
    clerk: registry.token({ scope: ["people:read"] }),
    open: registry.token({ scope: ["people:read", "people:read.restricted", "people:read.sensitive"] }),
    stranger: registry.token({ scope: ["people:read"], org: ["nowhere"] }),
  };
  const get = async (path: string, reader: Reader): Promise<{ status: number; body: Body }> => {
    const headers = { authorization: `Bearer ${await tokens[reader]}`, ...(reader === "open" && { "access-purpose": "verification" }) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Body };
  };
  return async (question) => {
    const said = await get(requestOf(question), question.reader);
    if (question.reader === "stranger") return said.status === 404 ? undefined : `${said.status} for a stranger`;
    if (question.is === "revisions") return revisionsDiffer(world, question, said, (path) => get(path, question.reader));
    const expected = answer(world, { ...question, open: question.reader === "open" });
    if (said.status !== expected.status) return `${said.status} ${JSON.stringify(said.body).slice(0, 300)}, not ${expected.status}`;
    return expected.status === 200 ? membersDiffer(expected.body, plain(said.body, world), "") : undefined;
  };
}

/** What the oracle says in another way: places of work by id, doubts by code, closed members as far as histories have them. */
function plain(body: Body, world: World): Body {
  const { work_locality, quality, redacted = [], ...rest } = body;
  const nested = Object.entries(rest).map(([key, value]) => [
    key,
    Array.isArray(value) && value[0]?.person_id ? value.map((one: Body) => plain(one, world)) : value,
  ]);
  return {
    ...Object.fromEntries(nested),
    ...(work_locality && { work_locality: work_locality.map(({ id }: { id: string }) => id).toSorted() }),
    ...(quality && { quality: quality.map(({ code }: { code: string }) => code) }),
    redacted: ["citizen_id", "phones", "certificate_no"].filter((member) => redacted.includes(member)),
  };
}

/** The first member that is not as expected; members of which the oracle knows nothing may be anything. */
function membersDiffer(expected: Body, said: Body, at: string): string | undefined {
  for (const [key, value] of Object.entries(expected)) {
    const place = `${at}/${key}`;
    if (Array.isArray(value) && value.every((one) => one?.person_id !== undefined)) {
      const list = (said[key] ?? []) as Body[];
      if (list.length !== value.length) return `${place}: ${list.length} elements, not ${value.length}`;
      for (const [n, one] of value.entries()) {
        const inner = membersDiffer(one as Body, list[n]!, `${place}/${n}`);
        if (inner) return inner;
      }
    } else if (!isDeepStrictEqual(said[key], value)) return `${place}: ${JSON.stringify(said[key])}, not ${JSON.stringify(value)}`;
  }
  return undefined;
}

type Change = { field: string; from: unknown; to: unknown };

/** The whole history in pages, against the versions that the oracle remembers. */
async function revisionsDiffer(
  world: World,
  { record, reader }: Extract<Question, { is: "revisions" }>,
  first: { status: number; body: Body },
  get: (path: string) => Promise<{ status: number; body: Body }>,
): Promise<string | undefined> {
  const expected = answer(world, { record, instant: LATEST, asOf: null, open: true, include: [] });
  if (first.status !== expected.status) return `${first.status}, not ${expected.status}`;
  if (expected.status !== 200) return undefined;
  const came: Body[] = [];
  for (let page = first; ; page = await get(page.body["page"].next)) {
    if (page.status !== 200) return `${page.status} for a page`;
    came.push(...page.body["data"]);
    if (page.body["page"].next === null) break;
  }
  if (came.length !== record.versions.length) return `${came.length} versions, not ${record.versions.length}`;
  for (const [n, one] of came.toReversed().entries()) {
    const [version, before] = [record.versions[n]!, record.versions[n - 1]];
    const action = !before ? "created" : version.hidden === before.hidden ? "changed" : version.hidden ? "deleted" : "restored";
    const seen = { instant: LATEST, open: reader === "open" };
    const [now, then] = [written(world, record, version, seen), before ? written(world, record, before, seen) : {}];
    // Beside what was sent the first version has what was given without being asked for.
    const said = (one["changes"] as Change[]).filter(({ field }) => (before ? !field.endsWith("_scheme") : field in now));
    const wanted = changesOf(then, now);
    if (!isDeepStrictEqual([one["version"], one["action"], one["recorded_at"]], [n + 1, action, version.at]))
      return `version ${one["version"]} ${one["action"]} ${one["recorded_at"]}, not ${n + 1} ${action} ${version.at}`;
    if (!isDeepStrictEqual(byField(said), byField(wanted)))
      return `changes of ${n + 1}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

const byField = (changes: Change[]) => changes.toSorted((a, b) => (a.field < b.field ? -1 : 1));
const known = (value: unknown) => (value === undefined || (Array.isArray(value) && value.length === 0) ? null : value);

/** Members that differ between two versions; a unit by its id alone, and told by its name. */
function changesOf(before: Body, after: Body): Change[] {
  return Object.keys(after).flatMap((member): Change[] => {
    if (`${member}_id` in after) return [];
    if (isDeepStrictEqual(known(before[member]), known(after[member]))) return [];
    const shown = member.endsWith("_id") && member !== "citizen_id" ? member.replace(/_id$/, "") : member;
    return [{ field: shown, from: before[shown] ?? null, to: after[shown] ?? null }];
  });
}

/** Asks `count` random questions of a seed; gives the first difference. */
export async function askMany(
  app: FastifyInstance,
  registry: Registry,
  world: World,
  seed: number,
  count: number,
): Promise<string | undefined> {
  const compare = comparer(app, registry, world);
  const found: string[] = [];
  await inParallel(fc.sample(questions(world), { seed, numRuns: count }), WIDTH, async (question) => {
    if (found.length > 0) return;
    const difference = await compare(question);
    if (difference !== undefined) found.push(report(question, difference));
  });
  return found[0];
}

/** A difference as a person can look into it: the question, and all that ever happened to its record. */
export function report(question: Question, difference: string): string {
  const versions = question.record.versions.map(
    ({ at, hidden, values }, n) => `  ${n + 1} ${at}${hidden ? " hidden" : ""} ${JSON.stringify(values)}`,
  );
  return [`${requestOf(question)} as ${question.reader}: ${difference}`, ...versions].join("\n");
}

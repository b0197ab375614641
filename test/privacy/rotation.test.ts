import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { issueToken, localVerifier } from "../../src/http/access/tokens.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

const AUDIENCE = "https://registry.example";
const CHILD = join(import.meta.dirname, "instance-child.ts");
const NEXT = "k-next";
/** So many requests are answered between one instance's start and the next one's. */
const BETWEEN = 25;

/** The keys before a rotation, those of its first step, which every instance is given, and of its second, which every instance uses. */
function rotated(): [none: string, given: string, used: string] {
  const file = JSON.parse(newKeysText());
  const given = { ...file, encryption: { ...file.encryption, [NEXT]: randomBytes(32).toString("base64") } };
  return [file, given, { ...given, current: NEXT }].map((one) => JSON.stringify(one)) as [string, string, string];
}

const [none, given, used] = rotated();
const keys = loadKeys({ dataDir: "/nowhere", keysText: none, embedded: false });

/** A process of the service that is started anew with other keys as a balancer lets it: asked at the new place, and left at the old one when that has answered all. */
type Instance = { ask(path: string, body?: object): Promise<Response>; restart(keysText: string): Promise<void>; end(): Promise<void> };

let registry: Registry;
let instances: Instance[];
beforeAll(async () => {
  registry = await startRegistry({ keys, verify: localVerifier(keys, AUDIENCE) });
  const scope = ["people:read", "people:read.restricted", "people:write"] as const;
  const authorization = `Bearer ${await issueToken(keys, { audience: AUDIENCE, scope, ttl: 600 })}`;
  instances = [instance(authorization), instance(authorization)];
  return async () => {
    await Promise.all(instances.map((one) => one.end()));
    await registry.close();
  };
}, 60_000);

function instance(authorization: string): Instance {
  const child = spawn(process.execPath, [CHILD, registry.urls.serviceUrl, AUDIENCE], { stdio: ["pipe", "pipe", "inherit"] });
  const places = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, "close");
  let place = "";
  let asked = new Set<Promise<unknown>>();
  return {
    ask: (path, body) => {
      const headers = { authorization, "access-purpose": "verification", "content-type": "application/json" };
      const answer = fetch(place + path, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
      const own = asked;
      own.add(answer);
      return answer.finally(() => own.delete(answer));
    },
    restart: async (keysText) => {
      child.stdin.write(`${keysText}\n`);
      const before = asked;
      [place, asked] = [(await places.next()).value as string, new Set()];
      await Promise.allSettled(before);
      child.stdin.write("\n");
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Starts both instances anew, one after the other, with one file of keys after the other, while they are written to and read from; gives whatever went wrong, and who was made. */
async function rotate(files: readonly string[], first: number): Promise<{ wrong: string[]; made: Map<string, string> }> {
  const made = new Map<string, string>();
  const wrong: string[] = [];
  const traffic = { answered: 0, over: false };
  const any = () => instances[randomInt(instances.length)]!;
  const judged = async <Body>(what: string, status: number, answer: Promise<Response>, isRight: (body: Body) => boolean): Promise<Body> => {
    const got = await answer;
    const text = await got.text();
    traffic.answered += 1;
    const body = JSON.parse(text) as Body;
    if (got.status !== status || !isRight(body)) wrong.push(`${what}: ${got.status} ${text.slice(0, 200)}`);
    return body;
  };
  let next = first;
  const create = async (by: Instance): Promise<string | undefined> => {
    const citizen_id = `0240850${String((next += 1))}`;
    const body = { name: { full: "Lê Văn Khoá" }, citizen_id };
    type Made = { id?: string; citizen_id?: string };
    const { id } = await judged<Made>(
      "creation",
      201,
      by.ask("/v1/people?on_duplicate=create", body),
      (one) => one.citizen_id === citizen_id,
    );
    if (id !== undefined) made.set(id, citizen_id);
    return id;
  };
  const read = (by: Instance, id: string) =>
    judged<{ citizen_id?: string }>("read", 200, by.ask(`/v1/people/${id}`), (one) => one.citizen_id === made.get(id));
  const search = (by: Instance, id: string) => {
    const question = { filter: `citizen_id = ${made.get(id)}`, fields: "id" };
    return judged<{ data?: { id: string }[] }>("search", 200, by.ask("/v1/people/search", question), ({ data }) => data?.[0]?.id === id);
  };
  const writing = async () => {
    while (!traffic.over) await create(any());
  };
  const reading = async () => {
    while (!traffic.over) {
      const ids = [...made.keys()];
      await (randomInt(2) === 0 ? read : search)(any(), ids[randomInt(ids.length)]!);
    }
  };
  /** Each reads what each has sealed, and the traffic has gone on for a while. */
  const more = async () => {
    const enough = traffic.answered + BETWEEN;
    for (const one of instances) {
      const id = await create(one);
      for (const other of instances) if (id !== undefined) await read(other, id);
    }
    await expect.poll(() => traffic.answered, { timeout: 20_000, interval: 5 }).toBeGreaterThan(enough);
  };
  await Promise.all(instances.map((one) => one.restart(files[0]!)));
  await create(any());
  const flowing = Promise.all([writing(), writing(), reading(), reading(), reading()]);
  await more();
  for (const file of files.slice(1)) {
    for (const one of instances) {
      await one.restart(file);
      await more();
    }
  }
  traffic.over = true;
  await flowing;
  return { wrong, made };
}

describe("a rotation of the keys over two processes, one after the other, with traffic on", () => {
  test("loses no value and refuses nothing: what was sealed under either is read by all, and new values have the new key", async () => {
    const { wrong, made } = await rotate([none, given, used], 10_000);
    expect(wrong).toEqual([]);
    for (const one of instances) {
      for (const [id, citizen_id] of made)
        expect(((await (await one.ask(`/v1/people/${id}`)).json()) as { citizen_id: string }).citizen_id).toBe(citizen_id);
    }
    const sealed = await registry.sql<{ next: boolean; n: number }>(
      "select encode(citizen_id_sealed, 'escape') like $1 as next, count(*)::int as n from people group by 1 order by 1",
      `%${NEXT}%`,
    );
    expect(sealed.map(({ next }) => next)).toEqual([false, true]);
    expect(sealed.reduce((all, { n }) => all + n, 0)).toBe(made.size);
  }, 60_000);

  test("in one step is found out: who has not been given the new key cannot open what the other seals", async () => {
    expect((await rotate([none, used], 50_000)).wrong.length).toBeGreaterThan(0);
  }, 60_000);
});

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ask, load } from "./load.ts";
import type { Ask, Load } from "./load.ts";
import { interleave, middle } from "./measure.ts";
import type { Lane, Results } from "./measure.ts";
import type { Side } from "./sides.ts";
import type { Bench } from "./works.ts";

/** Creates a person with two degrees and an affiliation. */
export async function creations(bench: Bench): Promise<Results> {
  const { sides, sql, rounds, seconds } = bench;
  const { ours, hand, typical } = sides;
  const { create, theirs } = await creating(bench);
  const lane = (name: string, side: Side, next: () => Ask): Lane => ({ name, side, connections: 16, seconds, next });
  return interleave([lane("hand", hand, theirs), lane("ours", ours, create), lane("typical", typical, theirs)], rounds, sql);
}

/**
 * The same with the feed and without: its publisher stands still and its index is gone while a lane is measured without it, and has told
 * everything before the next one begins.
 */
export async function creationsBesideFeed(bench: Bench): Promise<Results> {
  const { sides, sql, rounds, seconds } = bench;
  const { create } = await creating(bench);
  const lane = { side: sides.ours, connections: 16, seconds, next: create };
  const still = async () => {
    await sql(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${PUBLISHING} and pid <> pg_backend_pid()`,
    );
    await sql(`select pg_advisory_lock(${PUBLISHING})`);
    await sql("drop index if exists trithuc.revisions_xact_index");
  };
  const publishing = async () => {
    await sql("create index if not exists revisions_xact_index on trithuc.revisions (xact)");
    await sql(`select pg_advisory_unlock_all()`);
    for (let before = "", now = "none"; now !== before; await delay(500)) {
      before = now;
      now = (await sql<{ n: string }>("select n::text from trithuc.feed_state"))[0]!.n;
    }
  };
  const results = await interleave(
    [
      { ...lane, name: "with", ready: publishing },
      { ...lane, name: "without", ready: still },
    ],
    rounds,
    sql,
  );
  await publishing();
  return results;
}

/** The lock of the feed's publisher (exchange/changes/jobs.ts). */
const PUBLISHING = 0x7472_6665;

/** Requests that create a person, in the words of both sides. */
async function creating({ sides, sample }: Bench): Promise<{ create: () => Ask; theirs: () => Ask }> {
  const { ours, headers } = sides;
  const { asksKey, onDuplicate } = await takes(ours);
  const pick = <T>(among: readonly T[]): T => among[Math.floor(sample.random() * among.length)]!;
  const day = () =>
    `${1950 + Math.floor(sample.random() * 50)}-${String(1 + Math.floor(sample.random() * 12)).padStart(2, "0")}-${String(2 + Math.floor(sample.random() * 26)).padStart(2, "0")}`;
  const made = () => ({
    name: `${pick(sample.names)} ${pick(sample.names).split(" ").at(-1)}`,
    day: day(),
    list: pick(sample.lists),
    unit: pick(sample.units),
  });
  const create = () => {
    const { name, day, list, unit } = made();
    const degree = (year: number) => ({ level: list.level, institution_text: "Đại học Huế", graduation_year: year });
    const body = JSON.stringify({
      name: { full: name },
      gender: "female",
      birth_date: day,
      residence_locality_id: list.place,
      degrees: [degree(1996), degree(2004)],
      affiliations: [{ kind: "employment", organization_id: unit.uid, post: "Giảng viên", valid_from: "2006" }],
    });
    return ask(`/v1/people${onDuplicate ? "?on_duplicate=create" : ""}`, {
      method: "POST",
      body,
      headers: { ...headers, ...(asksKey && { "idempotency-key": randomUUID() }) },
    });
  };
  const theirs = () => {
    const { name, day, list, unit } = made();
    const degree = (year: number) => ({ level: list.levelId, fieldId: list.fieldId, institution: "Đại học Huế", year });
    const body = JSON.stringify({
      fullName: name,
      dob: day,
      gender: "female",
      communeId: list.communeId,
      degrees: [degree(1996), degree(2004)],
      affiliations: [{ organisationId: unit.id, position: "Giảng viên", startYear: 2006 }],
    });
    return ask("/persons", { method: "POST", body });
  };
  return { create, theirs };
}

/** What the service's own document says that a creation takes. */
async function takes({ port }: Side): Promise<{ asksKey: boolean; onDuplicate: boolean }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).text();
  const document = JSON.parse(text) as { paths: Record<string, { post?: { parameters?: { name?: string; $ref?: string }[] } }> };
  const parameters = JSON.stringify(document.paths["/v1/people"]?.post?.parameters ?? []).toLowerCase();
  return { asksKey: /idempotency-?key/.test(parameters), onDuplicate: parameters.includes("on_duplicate") };
}

const OTHERS = { connections: 4, people: 400 };
const WRITERS = 8;

/**
 * Changes of other people, alone; while eight clients change a person each; and while the eight change one and the same. Eight more clients
 * take their part of the processors wherever they write: what one person's being fought for costs the others is the third against the second.
 */
export async function besideHot({ sides, sample, sql, seconds, rounds }: Bench): Promise<Results> {
  const { ours, headers } = sides;
  const uids = sample.people.slice(0, OTHERS.people + WRITERS).map(({ uid }) => uid);
  const rows = await sql<{ id: string; version: number }>("select id, version from trithuc.people where id = any($1::uuid[])", uids);
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  let turn = 0;
  const change = (uid: string): Ask =>
    ask(`/v1/people/${uid}`, {
      method: "PATCH",
      body: JSON.stringify({ keywords: [`từ khoá ${turn++}`] }),
      headers: { ...headers, "if-match": `"${versions.get(uid)!}"` },
    });
  const changing = (people: readonly string[], connections: number) => {
    let at = 0;
    const note = (status: number, _head: string, body: Buffer) => {
      const { id, version, current_version: current } = JSON.parse(body.toString()) as Partial<Record<string, string & number>>;
      if (status === 200) versions.set(id!, version!);
      else if (people.length === 1 && current) versions.set(people[0]!, current);
    };
    return load({ port: ours.port, connections, seconds, next: () => change(people[at++ % people.length]!), each: note });
  };
  const [others, eight] = [uids.slice(0, OTHERS.people), uids.slice(OTHERS.people)];
  const lanes = { alone: [], many: eight, one: eight.slice(0, 1) };
  const found: Record<string, Load[]> = { alone: [], many: [], one: [], hot: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, people] of Object.entries(lanes)) {
      const [own, ...beside] = await Promise.all([
        changing(others, OTHERS.connections),
        ...people.map((uid) => changing([uid], WRITERS / people.length)),
      ]);
      // The first round is to warm up.
      if (round === 0) continue;
      found[name]!.push(own);
      if (name === "one") found["hot"]!.push(...beside);
    }
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, loads]) => [name, middle(loads.map((one) => ({ ...one, node: 0, postgres: 0 })))]),
  );
}

import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "./client.ts";
import { nameOf } from "./client.ts";
import { count } from "./fault.ts";
import type { Place } from "./place.ts";
import type { TestUrls } from "../../setup/template.ts";

/** Writers that keep a book of what was acknowledged, each write under a key of its own, sent again until it is. */
export type Ledger = { acknowledged: Set<string>; answers: Map<string | number, number>; stop(): Promise<void> };

const FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ".split(" ");
const GIVENS = "An Bình Chi Dũng Giang Hà Khánh Lan Minh Nga Phúc Sơn".split(" ");

/** Creates people with two degrees each; `keyed` sends the key with each attempt, so that a repeat has the effect of one. */
export function keepLedger(caller: Caller, { writers = 12, keyed = true } = {}): Ledger {
  const ledger = { acknowledged: new Set<string>(), answers: new Map<string | number, number>() };
  const run = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  const state = { stopped: false };
  let next = 0;
  const write = async () => {
    while (!state.stopped) {
      const n = next++;
      const key = `${run}-${n}`;
      const name = `${FAMILIES[n % 10]} ${GIVENS[(n >> 3) % 12]} ${GIVENS[n % 12]}`;
      const degrees = [
        { level: "TS", graduation_year: 2016 },
        { level: "CN", graduation_year: 2007 },
      ];
      const body = { name: { full: name }, biography: key, degrees };
      for (;;) {
        const headers = keyed ? { "idempotency-key": key } : undefined;
        const answer = await caller.call({ method: "POST", path: "/v1/people?on_duplicate=create", body, ...(headers && { headers }) });
        count(ledger.answers, nameOf(answer));
        if (answer.status === 201) {
          ledger.acknowledged.add(key);
          break;
        }
        if (state.stopped) return;
        await delay(20);
      }
    }
  };
  const all = Array.from({ length: writers }, write);
  return {
    ...ledger,
    stop: async () => {
      state.stopped = true;
      await Promise.all(all);
    },
  };
}

/** What the book says against what the database holds. */
export type Balance = { acknowledged: number; lost: number; doubled: number; half: number };

const CENSUS = `with written as (
  select p.biography as key, count(*) as times,
    bool_or((select count(*) from degrees d where d.person_id = p.id) <> 2
      or not exists (select from revisions r where r.noun = 'people' and r.record_id = p.id)
      or (select count(*) from revisions r join degrees d on d.id = r.record_id where d.person_id = p.id and r.noun = 'degrees') <> 2
      or not exists (select from person_names n where n.name_full = p.name_full)) as half
  from people p group by p.biography)
  select key, times::int, half from written`;

/** People without the record of the request that made them, and records without their person. */
const RECORDS = `select ((select count(*) from people p where not exists (select from idempotency_records i where i.record_id = p.id))
  + (select count(*) from idempotency_records i where not exists (select from people p where i.record_id = p.id)))::int as off`;

/** Compares the book with the database: acknowledged and not there, there more than once, there in part. */
export async function balance(
  place: Place,
  urls: TestUrls,
  { acknowledged }: Pick<Ledger, "acknowledged">,
  keyed = true,
): Promise<Balance> {
  const [records] = await place.ask<{ off: number }>(urls, RECORDS);
  const rows = await place.ask<{ key: string; times: number; half: boolean }>(urls, CENSUS);
  const stands = new Set(rows.map(({ key }) => key));
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((key) => !stands.has(key)).length,
    doubled: rows.filter(({ times }) => times > 1).length,
    half: rows.filter(({ half }) => half).length + (keyed ? records!.off : 0),
  };
}

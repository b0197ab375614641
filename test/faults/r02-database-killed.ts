import { between, breachesOf, tally, until } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import { callerOf } from "./stand/client.ts";
import { balance, keepLedger } from "./stand/ledger.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";
import type { TestUrls } from "../setup/template.ts";

type Run = { kills: number; writes: number; over?: Over; asynchronous?: boolean };

/** Writes, kills every process of PostgreSQL in the middle, lets it recover, balances the book and looks into every table and index. */
async function run(place: Place, { kills, writes, asynchronous = false, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  if (asynchronous) await place.ask(urls, `alter database ${urls.name} set synchronous_commit = off`);
  const service = await serviceOn(place, urls.serviceUrl);
  const process = await service.start();
  const caller = callerOf(service.port, await service.token());
  const ledger = keepLedger(caller);
  const share = Math.ceil(writes / kills);
  let killed = 0;
  for (; killed < kills && !over(); killed++) {
    const enough = ledger.acknowledged.size + between(Math.ceil(share / 2), share);
    await until(() => ledger.acknowledged.size >= enough, "writes are acknowledged");
    place.crash();
    await place.accepting();
  }
  await until(() => over() || ledger.acknowledged.size >= writes, "writes are acknowledged");
  await ledger.stop();
  const ended = !process.running();
  await service.killAll();
  caller.close();
  const { acknowledged, lost, doubled, half } = await balance(place, urls, ledger);
  const { looked, damaged } = await lookInto(place, urls);
  return {
    figure: `${killed} kills, ${acknowledged} acknowledged (answers ${tally(ledger.answers)}): ${lost} lost, ${doubled} doubled, ${half} half-written; ${looked} tables and indexes looked into, ${damaged.length} damaged`,
    breaches: breachesOf({
      "acknowledged and lost": lost > 0,
      "written twice": doubled > 0,
      "written in part": half > 0,
      "the service ended": ended,
      [`damaged: ${damaged.join(", ")}`]: damaged.length > 0,
    }),
  };
}

/** amcheck (PostgreSQL manual, appendix F): each table's pages, and each index against its table, row by row. */
async function lookInto(place: Place, urls: TestUrls): Promise<{ looked: number; damaged: string[] }> {
  await place.ask(urls, "create extension if not exists amcheck");
  const relations = await place.ask<{ name: string; kind: string }>(
    urls,
    `select c.oid::regclass::text as name, c.relkind as kind from pg_class c left join pg_am a on a.oid = c.relam
     where c.relnamespace in (select oid from pg_namespace where nspname in ('trithuc', 'graphile_worker'))
       and (c.relkind = 'r' or (c.relkind = 'i' and a.amname = 'btree'))`,
  );
  const damaged: string[] = [];
  for (const { name, kind } of relations) {
    const look =
      kind === "r" ? "select from verify_heapam($1::regclass)" : "select from (select bt_index_check($1::regclass, true)) x where false";
    const found = await place.ask(urls, look, [name]).catch((error: Error) => [error.message]);
    if (found.length > 0) damaged.push(name);
  }
  return { looked: relations.length, damaged };
}

export const databaseKilled: Fault = {
  id: "R2",
  promise: "kill -9 of PostgreSQL and all its processes loses nothing that was acknowledged, and damages no table or index",
  figure: "30 kills, >= 20,000 acknowledged writes: 0 lost; bt_index_check with every row and verify_heapam clean",
  run: (place, extent, over) => run(place, extent === "long" ? { kills: 30, writes: 20_000, over } : { kills: 1, writes: 80 }),
  controls: [{ defect: "synchronous_commit = off", slow: true, run: (place) => run(place, { kills: 5, writes: 300, asynchronous: true }) }],
};

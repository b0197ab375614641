import { createHash } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Database } from "../../src/db/pools.ts";
import type { Caller } from "./stand/client.ts";
import { spoilClients } from "./stand/defects.ts";
import { breachesOf, until } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import { serviceInside } from "./stand/inside.ts";
import type { Inside } from "./stand/inside.ts";
import type { Place } from "./stand/place.ts";
import type { TestUrls } from "../setup/template.ts";

/** The number that a person says; nothing of most. */
type Said = string | undefined;
type Run = { people: number; exports: number; hangUps: number; over?: Over; byPages?: boolean; spoil?: (database: Database) => Database };

/** Exports, while one transaction after the other gives every thirtieth person the same new keyword and another person joins them. */
async function run(place: Place, { people, exports, hangUps, byPages = false, spoil, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  await place.ask(urls, FILL, [people]);
  const inside = await serviceInside(place, urls, spoil);
  const caller = await inside.caller();
  const changing = keepChanging(urls);
  let [mixed, cut, rows, counted] = [0, 0, 0, 0];
  for (let n = 0; n < exports && !over(); n++) {
    counted += 1;
    const taken = byPages ? await pages(caller) : await whole(caller);
    if (taken === undefined) cut += 1;
    else {
      // Transaction k leaves people + k persons, and k is said by whoever says a number: one snapshot holds one, and as many as it says.
      const said = new Set(taken.filter((one) => one !== undefined));
      if (said.size !== 1 || taken.length !== people + Number([...said][0])) mixed += 1;
      rows += taken.length;
    }
  }
  const turns = await changing.stop();
  let longest = 0;
  for (let n = 0; n < hangUps; n++) longest = Math.max(longest, await hangUp(place, urls, inside, caller.authorization));
  caller.close();
  await inside.close();
  return {
    figure: `${counted} exports of ${rows} persons during ${turns} transactions: ${mixed} of more than one snapshot, ${cut} cut; ${hangUps} clients hung up, connection free after at most ${Math.round(longest)} ms`,
    breaches: breachesOf({
      "an export mixes snapshots": mixed > 0,
      "an export was cut": cut > 0,
      "the connection was not freed within 1 s": longest > 1_000,
    }),
  };
}

const AUTHOR = "select set_config('trithuc.actor', 'faults', true), set_config('trithuc.client', 'faults', true)";
const COLUMNS = "id, code, name_full, name_given, name_folded, biography, keywords";
/** Long enough that no buffer between the two holds the whole export. */
const FILL = `with author as materialized (${AUTHOR}) insert into people (${COLUMNS})
  select uuidv7(), 'F' || n, 'Ngô Văn ' || n, n::text, 'ngo van ' || n, repeat('dài ', 2000), case when n % 30 = 0 then array['0'] else '{}' end from generate_series(1, $1::int) n, author`;

/** Turn k: whoever says a number says k, and one more person is there. */
function keepChanging({ ownerUrl }: TestUrls): { stop(): Promise<number> } {
  const state = { stopped: false };
  const over = (async () => {
    const owner = new Client({ connectionString: ownerUrl, options: "-c search_path=trithuc" });
    await owner.connect();
    let turn = 0;
    while (!state.stopped) {
      turn += 1;
      await owner.query("begin");
      await owner.query(AUTHOR);
      await owner.query("update people set keywords = array[$1::text] where keywords <> '{}'", [String(turn)]);
      await owner.query(
        `insert into people (${COLUMNS}) values (uuidv7(), 'N' || $1::text, 'Ngô Thị Mới', 'Mới', 'ngo thi moi', '', array[$1::text])`,
        [String(turn)],
      );
      await owner.query("commit");
    }
    await owner.end();
    return turn;
  })();
  return {
    stop: () => {
      state.stopped = true;
      return over;
    },
  };
}

/** What each line says, of an export that is whole by its own last line; undefined of one that is not. */
async function whole(caller: Caller): Promise<Said[] | undefined> {
  const answer = await caller.call({ path: "/v1/people/export?fields=keywords" });
  if (!("text" in answer)) return undefined;
  const end = answer.text.lastIndexOf("\n", answer.text.length - 2) + 1;
  const [body, last] = [answer.text.slice(0, end), JSON.parse(answer.text.slice(end)) as { count: number; sha256: string }];
  const lines = body.split("\n").slice(0, -1);
  if (last.count !== lines.length || last.sha256 !== createHash("sha256").update(body).digest("hex")) return undefined;
  return lines.map((line) => (JSON.parse(line) as { keywords: string[] }).keywords[0]);
}

/** The same by pages of the list, each of which is a snapshot of its own. */
async function pages(caller: Caller): Promise<Said[]> {
  const said: Said[] = [];
  for (let path: string | undefined = "/v1/people?fields=keywords&limit=100"; path !== undefined;) {
    const answer = await caller.call({ path });
    if (!("text" in answer) || answer.status !== 200) throw new Error(JSON.stringify(answer));
    const { data, page } = JSON.parse(answer.text) as { data: { keywords: string[] }[]; page: { next: string | null } };
    said.push(...data.map(({ keywords }) => keywords[0]));
    path = page.next ?? undefined;
  }
  return said;
}

const OPEN =
  "select from pg_stat_activity where datname = current_database() and usename <> current_user and (query like 'fetch%' or query like 'declare streamed%') and xact_start is not null";

/** Begins an export, reads a little of it and hangs up. Gives how long its connection stayed taken, in milliseconds. */
async function hangUp(place: Place, urls: TestUrls, { port }: Inside, authorization: string): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`GET /v1/people/export HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause(); // a reader who reads no more keeps the rest of the export waiting
  await until(async () => (await place.ask(urls, OPEN)).length === 1, "an export holds a connection");
  const left = performance.now();
  socket.destroy();
  while ((await place.ask(urls, OPEN)).length > 0 && performance.now() - left < 5_000) await delay(10);
  return performance.now() - left;
}

export const exportWhileWriting: Fault = {
  id: "R8",
  promise: "an export made while others write is one snapshot, and a client that hangs up frees its connection",
  figure: "equals one snapshot; connection freed <= 1 s",
  run: (place, extent, over) =>
    run(place, extent === "long" ? { people: 5_000, exports: 60, hangUps: 40, over } : { people: 1_500, exports: 3, hangUps: 2 }),
  controls: [
    { defect: "it is put together from pages", run: (place) => run(place, { people: 1_500, exports: 3, hangUps: 0, byPages: true }) },
    {
      defect: "it keeps the connection of an export that was given up",
      slow: true,
      run: (place) => run(place, { people: 1_500, exports: 0, hangUps: 1, spoil: keeps }),
    },
  ],
};

function keeps(database: Database): Database {
  spoilClients(database.workers, (client, own) => {
    client.release = (broken) => {
      if (!broken) own.release();
    };
  });
  return database;
}

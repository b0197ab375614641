import { setTimeout as delay } from "node:timers/promises";
import { callerOf, nameOf } from "./stand/client.ts";
import type { Answer, Caller } from "./stand/client.ts";
import { breachesOf, count, tally, until } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";
import type { TestUrls } from "../setup/template.ts";

type Run = { events: number; over?: Over; defect?: string };
type Watch = { answers: Map<string | number, number>; odd: string[]; lastGood(): number; stop(): Promise<void> };

const CALLERS = 6;
const ASK_EVERY_MS = 5;

/** Asks without rest, reading and writing, and notes what is neither an answer nor a 503 that says when to come again. */
function watch(caller: Caller): Watch {
  const [answers, odd] = [new Map<string | number, number>(), [] as string[]];
  const state = { stopped: false, lastGood: 0 };
  const requests = [
    { path: "/v1/people?limit=5" },
    { path: "/v1/localities?limit=5" },
    { method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Trần Văn Bền" } } },
  ];
  const ask = async (nth: number) => {
    for (let n = nth; !state.stopped; n++) {
      const { [n % requests.length]: request } = requests;
      const key = `watch-${nth}-${n}`;
      const answer = await caller.call({ ...request!, ...(request!.method && { headers: { "idempotency-key": key } }) });
      count(answers, nameOf(answer));
      if (isGood(answer)) state.lastGood = performance.now();
      else if (answer.status !== 503 || answer.headers["retry-after"] === undefined)
        odd.push(`${request!.method ?? "GET"} ${nameOf(answer)}`);
      await delay(ASK_EVERY_MS);
    }
  };
  const all = Array.from({ length: CALLERS }, (_, nth) => ask(nth));
  const stop = async () => {
    state.stopped = true;
    await Promise.all(all);
  };
  return { answers, odd, lastGood: () => state.lastGood, stop };
}

const isGood = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

/** Kills every connection of the service's, or restarts the server, in turn. */
async function run(place: Place, { events, defect, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const service = await serviceOn(place, urls.serviceUrl, defect === undefined ? {} : { defect });
  const process = await service.start();
  const caller = callerOf(service.port, await service.token());
  const watching = watch(caller);
  const waits: number[] = [];
  await until(() => watching.lastGood() > 0, "the service answers");
  for (let event = 0; event < events && process.running() && !over(); event++) {
    const before = performance.now();
    if (event % 4 === 3) place.restart();
    else await killConnections(place, urls);
    const accepting = await accepted(place, before, event % 4 === 3);
    await until(() => watching.lastGood() > accepting || !process.running(), "an answer after PostgreSQL accepts");
    waits.push(watching.lastGood() - accepting);
    await delay(50);
  }
  await watching.stop();
  const ended = !process.running();
  await service.killAll();
  caller.close();
  const longest = Math.round(Math.max(...waits));
  return {
    figure: `${waits.length} events, answers ${tally(watching.answers)}; ${ended ? "the process ended" : "0 process exits"}; first success at most ${longest} ms after PostgreSQL accepts`,
    breaches: breachesOf({
      "the process ended": ended,
      [`answers beside 2xx and 503 with Retry-After: ${[...new Set(watching.odd)].join(", ")}`]: watching.odd.length > 0,
      "the first success came later than 2 s": longest > 2_000,
    }),
  };
}

const KILL = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
const killConnections = (place: Place, urls: TestUrls) => place.ask(urls, KILL);

/** After a restart was asked for, the old server still takes connections for a moment. */
async function accepted(place: Place, since: number, restarting: boolean): Promise<number> {
  if (restarting) await place.away();
  const at = await place.accepting();
  return Math.max(at, since);
}

export const connectionsKilled: Fault = {
  id: "R3",
  promise: "killed connections and restarts of PostgreSQL never end the process and show themselves only as 503 with Retry-After",
  figure: "100 events, 0 process exits, first success <= 2 s after PostgreSQL accepts",
  run: (place, extent, over) => run(place, extent === "long" ? { events: 100, over } : { events: 4 }),
  controls: [
    {
      defect: "it listens to no error of a connection",
      run: (place) => run(place, { events: 2, defect: "listens to no error of a connection" }),
    },
  ],
};

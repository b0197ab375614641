import { setTimeout as delay } from "node:timers/promises";
import { callerOf, nameOf } from "./stand/client.ts";
import type { Answer, Caller } from "./stand/client.ts";
import { breachesOf, count, tally, until } from "./stand/fault.ts";
import type { Extent, Fault, Found, Over } from "./stand/fault.ts";
import type { Place } from "./stand/place.ts";
import { openNetwork, through } from "./stand/proxy.ts";
import type { Weather } from "./stand/proxy.ts";
import { serviceOn } from "./stand/service.ts";

type Run = { weathers: readonly Weather[]; rounds: number; lastsMs: number; over?: Over; defect?: string };

const ANSWERED_MS = 9_000;
const HEALTHY_MS = 5_000;
const ASK_EVERY_MS = 250;
const REQUESTS = [
  { path: "/v1/people?limit=5" },
  { path: "/readyz" },
  { method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Lê Thị Bão" } } },
  { path: "/v1/people/suggest?q=le" },
];

/** Breaks the network in each way, asks at a steady rate whatever becomes of the answers, and heals it. */
async function run(place: Place, { weathers, rounds, lastsMs, defect, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const network = await openNetwork(Number(new URL(urls.serviceUrl).port));
  const service = await serviceOn(place, through(network, urls.serviceUrl), defect === undefined ? {} : { defect });
  const process = await service.start();
  const caller = callerOf(service.port, await service.token(), 400);
  const answers = new Map<string | number, number>();
  const odd = new Set<string>();
  let [longest, slowestHealing] = [0, 0];
  const told = (answer: Answer, weather: Weather, n: number) => {
    count(answers, nameOf(answer));
    longest = Math.max(longest, answer.tookMs);
    if (answer.tookMs > ANSWERED_MS) odd.add(`${weather}: ${REQUESTS[n % REQUESTS.length]!.path} after ${Math.round(answer.tookMs)} ms`);
    if (answer.status === 0 || (answer.status >= 500 && answer.status !== 503)) odd.add(String(nameOf(answer)));
  };
  await until(async () => (await asked(caller, 0)).status === 200, "the service answers");
  let done = 0;
  for (let round = 0; round < rounds && (round === 0 || !over()); round++) {
    done += 1;
    for (const weather of weathers) {
      network.be(weather);
      const waiting: Promise<void>[] = [];
      const ends = performance.now() + lastsMs;
      for (let n = 0; performance.now() < ends; n++) {
        waiting.push(asked(caller, n).then((answer) => told(answer, weather, n)));
        await delay(ASK_EVERY_MS);
      }
      network.be("fair");
      slowestHealing = Math.max(slowestHealing, await healing(caller));
      await Promise.all(waiting);
    }
  }
  const ended = !process.running();
  await service.killAll();
  caller.close();
  await network.close();
  return {
    figure: `${done} x ${weathers.join(", ")} of ${lastsMs / 1000} s, answers ${tally(answers)}; longest ${Math.round(longest)} ms, healthy at most ${Math.round(slowestHealing)} ms after`,
    breaches: breachesOf({
      "the process ended": ended,
      [`answered otherwise: ${[...odd].join(", ")}`]: odd.size > 0,
      "an answer took longer than 9 s": longest > ANSWERED_MS,
      "not healthy within 5 s": slowestHealing > HEALTHY_MS,
    }),
  };
}

const GIVEN_UP_MS = 14_000;
const asked = (caller: Caller, n: number): Promise<Answer> =>
  caller.call({ ...REQUESTS[n % REQUESTS.length]!, headers: { "idempotency-key": crypto.randomUUID() }, timeoutMs: GIVEN_UP_MS });

const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** How long after it healed every kind of request works, in milliseconds. */
async function healing(caller: Caller): Promise<number> {
  const healed = performance.now();
  for (let n = 0; n < REQUESTS.length; n++) {
    while (performance.now() - healed < GIVEN_UP_MS && !isGood(await asked(caller, n))) await delay(20);
  }
  return performance.now() - healed;
}

const ALL: readonly Weather[] = ["black hole", "late", "reset", "half packets", "refused"];
const extents: Record<Extent, Run> = {
  short: { weathers: ["black hole", "reset"], rounds: 1, lastsMs: 1_500 },
  long: { weathers: ALL, rounds: 2, lastsMs: 12_000 },
};

export const networkBroken: Fault = {
  id: "R4",
  promise: "a dead or slow network to the database is answered in time, and forgotten soon after",
  figure: "black hole, delay, reset, half packets: every request answered <= 9 s, healthy <= 5 s after",
  run: (place, extent, over) => run(place, { ...extents[extent], over }),
  controls: [
    {
      defect: "it waits for ever",
      slow: true,
      run: (place) => run(place, { weathers: ["black hole"], rounds: 1, lastsMs: 2_000, defect: "waits for ever" }),
    },
  ],
};

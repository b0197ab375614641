import { setTimeout as delay } from "node:timers/promises";
import { callerOf, nameOf } from "./stand/client.ts";
import type { Caller } from "./stand/client.ts";
import { between, breachesOf, count, tally, until } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";
import type { Process, Service } from "./stand/service.ts";

type Run = { stops: number; over?: Over; defect?: string };

const CALLERS = 12;
const ENDS_MS = 10_000;
const REQUESTS = [
  { path: "/v1/people?limit=20" },
  { path: "/v1/localities?limit=50" },
  { method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Phạm Văn Dừng" } } },
];

/** A service under load is told to stop; meanwhile another one comes up, to be the next. */
async function run(place: Place, { stops, defect, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const services = await Promise.all([0, 1].map(() => serviceOn(place, urls.serviceUrl, defect === undefined ? {} : { defect })));
  const token = await services[0]!.token();
  const answers = new Map<string | number, number>();
  const [lost, codes] = [new Set<string>(), new Set<string>()];
  let [longest, failed] = [0, 0];
  let next = services[0]!.start();
  let done = 0;
  for (let stop = 0; stop < stops && !over(); stop++) {
    done += 1;
    const [service, process] = [services[stop % 2]!, await next];
    next = services[(stop + 1) % 2]!.start();
    const end = await stopped(service, process, token, (name, inFlight) => {
      count(answers, name);
      if (inFlight) lost.add(String(name));
      if (inFlight) failed += 1;
    });
    longest = Math.max(longest, end.tookMs);
    if (end.code !== 0) codes.add(String(end.code ?? end.signal));
  }
  await next;
  await Promise.all(services.map((service) => service.killAll()));
  return {
    figure: `${done} stops, answers ${tally(answers)}: ${failed} failed in flight; exit after at most ${Math.round(longest)} ms`,
    breaches: breachesOf({
      [`failed in flight: ${[...lost].join(", ")}`]: failed > 0,
      [`exit codes ${[...codes].join(", ")}`]: codes.size > 0,
      "an exit took longer than 10 s": longest > ENDS_MS,
    }),
  };
}

/** Asks on kept connections, tells it to stop in the middle, and goes on until it listens no more. */
async function stopped(service: Service, process: Process, token: string, told: (name: string | number, lost: boolean) => void) {
  const caller = callerOf(service.port, token, CALLERS);
  const state = { answered: 0, over: false };
  const callers = Array.from({ length: CALLERS }, (_, n) => ask(caller, n, state, told));
  const some = between(20, 60);
  await until(() => state.answered >= some, "the load is on");
  await delay(between(0, 30));
  const end = await process.end("SIGTERM");
  state.over = true;
  await Promise.all(callers);
  caller.close();
  return end;
}

async function ask(
  caller: Caller,
  nth: number,
  state: { answered: number; over: boolean },
  told: (name: string | number, lost: boolean) => void,
) {
  for (let n = nth; !state.over; n++) {
    const answer = await caller.call({ ...REQUESTS[n % REQUESTS.length]!, headers: { "idempotency-key": crypto.randomUUID() } });
    // A connection that was never made was no request: whoever gives out the load sends it elsewhere.
    if ("sent" in answer && !answer.sent) return;
    const lost = answer.status === 0 || answer.status >= 500;
    told(nameOf(answer), lost);
    if (lost) return;
    state.answered += 1;
  }
}

export const toldToStop: Fault = {
  id: "R11",
  promise: "SIGTERM under load loses no request that is in flight, and ends in time",
  figure: "200 stops: 0 failed requests in flight, exit <= 10 s",
  run: (place, extent, over) => run(place, extent === "long" ? { stops: 200, over } : { stops: 1 }),
  controls: [{ defect: "it ends at once", slow: true, run: (place) => run(place, { stops: 1, defect: "ends at once" }) }],
};

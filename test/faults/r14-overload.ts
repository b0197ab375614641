import { setTimeout as delay } from "node:timers/promises";
import { callerOf, nameOf } from "./stand/client.ts";
import type { Asked } from "./stand/client.ts";
import { breachesOf, count, tally } from "./stand/fault.ts";
import type { Fault, Found } from "./stand/fault.ts";
import { linesTo } from "./stand/lines.ts";
import type { Lines, Outcome } from "./stand/lines.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";

/** `collapses`: more wait than can be answered in time, and whoever turns nobody away cannot be sent five times the peak for long. */
type Run = { seconds: number; settings?: Record<string, string>; collapses?: boolean };

const TIMES = 5;
/** Whoever waits longer has gone: an answer after that is no use to anybody. */
const PATIENCE_MS = 2_000;
const PEOPLE = 400;
const NAMES = ["An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Nam"];

/** What an office does in a day, mixed: lists with what hangs on them, searches by name, records, and new people. */
function work(n: number, ids: readonly string[]): Asked {
  const name = NAMES[n % NAMES.length]!;
  if (n % 10 === 0)
    return {
      method: "POST",
      path: "/v1/people?on_duplicate=create",
      body: { name: { full: `Trần Thị ${name}` }, degrees: [{ level: "ThS" }] },
    };
  if (n % 10 < 4) return { path: `/v1/people?name:match=${encodeURIComponent(`tran ${name}`)}&limit=20` };
  if (n % 10 < 7) return { path: "/v1/people?sort=name&limit=100&include=degrees" };
  return { path: `/v1/people/${ids[n % ids.length]}?include=degrees` };
}

const isGood = (answer: Outcome): boolean => answer.status >= 200 && answer.status < 300 && answer.tookMs <= PATIENCE_MS;

const isRefusal = (answer: Outcome): boolean =>
  answer.status === 429 || (answer.status === 503 && "retryAfter" in answer && answer.retryAfter);

/** Answers in a second, of so many who each ask again as soon as they are answered. */
async function closed(lines: Lines, ids: readonly string[], { clients, seconds }: { clients: number; seconds: number }): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let good = 0;
  const one = async (nth: number) => {
    for (let n = nth; performance.now() < until; n += clients) {
      const answer = await new Promise<Outcome>((told) => lines.call(work(n, ids), told));
      if (isGood(answer)) good += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, nth) => one(nth)));
  return good / seconds;
}

/** So many wait for an answer at most: who finds no place gives up, as a client does, and is not counted as sent. */
const WAITING = 1_500;
/** So many are more than the peak answers before they have gone. */
const CROWD = 9_000;

/** Sends so many in a second, whether or not those before were answered. */
async function open(lines: Lines, ids: readonly string[], { rate, seconds }: { rate: number; seconds: number }) {
  const answers = new Map<string | number, number>();
  const odd = new Map<string | number, number>();
  const began = performance.now();
  let [sent, good, late, due] = [0, 0, 0, 0];
  const going = { count: 0 };
  const note = (answer: Outcome) => {
    going.count -= 1;
    count(answers, nameOf(answer));
    if (isGood(answer)) good += 1;
    else if (answer.status >= 200 && answer.status < 300) late += 1;
    else if (!isRefusal(answer)) count(odd, nameOf(answer));
  };
  for (let passed = 0; passed < seconds; passed = (performance.now() - began) / 1_000) {
    for (; due < passed * rate; due++) {
      if (!lines.free()) continue;
      sent += 1;
      going.count += 1;
      lines.call({ ...work(sent, ids), timeoutMs: 12_000 }, note);
    }
    await delay(2);
  }
  const took = (performance.now() - began) / 1_000;
  while (going.count > 0) await delay(2);
  return { sent, took, good, late, answers, odd };
}

async function run(place: Place, { seconds, settings = {}, collapses = false }: Run): Promise<Found> {
  const { serviceUrl } = await place.database();
  const service = await serviceOn(place, serviceUrl, { settings });
  const process = await service.start();
  const token = await service.token();
  const caller = callerOf(service.port, token);
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n++) {
    const answer = await caller.call(work(n * 10, ids));
    if (answer.status === 201) ids.push((JSON.parse(answer.text) as { id: string }).id);
  }
  caller.close();
  const lines = linesTo(service.port, token, collapses ? CROWD : WAITING);
  await closed(lines, ids, { clients: 24, seconds: Math.min(5, seconds) });
  const peak = await closed(lines, ids, { clients: 24, seconds: Math.min(10, seconds) });
  const storm = await open(lines, ids, { rate: TIMES * peak, seconds });
  // Normal: what it was asked before is answered as before.
  const after = performance.now();
  let normal = 0;
  while (normal < 0.7 * peak && performance.now() - after < 15_000) normal = await closed(lines, ids, { clients: 24, seconds: 1 });
  const recovered = (performance.now() - after) / 1_000;
  // There are more people now than before, and others on the machine come and go: what it can bear is asked on both sides of the storm.
  const again = await closed(lines, ids, { clients: 24, seconds: Math.min(10, seconds) });
  const running = process.running();
  await service.killAll();
  lines.close();
  const rate = storm.sent / storm.took;
  const goodput = storm.good / storm.took;
  const bearable = (peak + again) / 2;
  return {
    figure:
      `peak ${Math.round(peak)} answers/s before and ${Math.round(again)} after; ${Math.round(rate)}/s sent for ${Math.round(storm.took)} s (${(rate / peak).toFixed(1)} x): ` +
      `${Math.round(goodput)}/s answered within 2 s (${Math.round((100 * goodput) / bearable)}% of what was borne before and after), ${storm.late} later, ` +
      `answers ${tally(storm.answers)}; ${Math.round(normal)}/s after ${recovered.toFixed(1)} s`,
    breaches: breachesOf({
      "fewer than 70% of the peak": goodput < 0.7 * bearable,
      [`answers beside 2xx, 429 and 503 with Retry-After: ${tally(storm.odd)}`]: storm.odd.size > 0,
      "not normal within 10 s": normal < 0.7 * peak || recovered > 10,
      "the process ended": !running,
      "the load was not five times the peak": !collapses && rate < 0.9 * TIMES * peak,
    }),
  };
}

export const overloaded: Fault = {
  id: "R14",
  promise: "five times the load that it can bear takes nothing from what it can bear, and is forgotten soon after",
  figure: "5 x the peak for 2 minutes: goodput >= 70% of the peak, the rest 429 or 503 with Retry-After, normal <= 10 s after",
  shortIn: "test/http/concurrency.test.ts",
  run: (place) => run(place, { seconds: 120 }),
  controls: [
    {
      defect: "it turns nobody away, whatever the load",
      run: (place) => run(place, { seconds: 20, settings: { TRITHUC_CONCURRENCY: "0" }, collapses: true }),
    },
  ],
};

import { callerOf, nameOf } from "./stand/client.ts";
import type { Answer } from "./stand/client.ts";
import { breachesOf, count, tally } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";

type Run = { rounds: number; keyed?: boolean; over?: Over };

const PARALLEL = 64;

/** The same request with the same key, 64 times at once at two processes; then each once more, and once with another body. */
async function run(place: Place, { rounds, keyed = true, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const services = await Promise.all([0, 1].map(() => serviceOn(place, urls.serviceUrl)));
  await Promise.all(services.map((service) => service.start()));
  const token = await services[0]!.token();
  const callers = services.map(({ port }) => callerOf(port, token, PARALLEL));
  const answers = new Map<string | number, number>();
  const odd = new Set<string>();
  let [done, effects] = [0, 0];
  for (; done < rounds && !over(); done++) {
    const key: string = crypto.randomUUID();
    const headers: Record<string, string> = keyed ? { "idempotency-key": key } : {};
    const send = (n: number, biography: string = key) =>
      callers[n % 2]!.call({
        method: "POST",
        path: "/v1/people?on_duplicate=create",
        body: { name: { full: "Đỗ Thị Trùng" }, biography },
        headers,
      });
    const first = await Promise.all(Array.from({ length: PARALLEL }, (_, n) => send(n)));
    for (const answer of first) {
      count(answers, nameOf(answer));
      if (answer.status !== 201 && codeOf(answer) !== "idempotency-in-progress") odd.add(`${nameOf(answer)} ${codeOf(answer)}`);
    }
    const again = await Promise.all(Array.from({ length: PARALLEL }, (_, n) => send(n)));
    const ids = new Set([...again, ...first.filter(({ status }) => status === 201)].map(idOf));
    if (ids.size !== 1) odd.add(`${ids.size} ids for one key`);
    if (keyed && (await send(0, "another")).status !== 422) odd.add("another body under the key was taken");
    const [people] = await place.ask<{ n: number }>(urls, "select count(*)::int as n from people where biography = $1", [key]);
    effects = Math.max(effects, people!.n);
  }
  await Promise.all(services.map((service) => service.killAll()));
  for (const caller of callers) caller.close();
  return {
    figure: `${done} keys, each ${PARALLEL} times at once over two processes (answers ${tally(answers)}): at most ${effects} effect each; ${odd.size} oddities`,
    breaches: breachesOf({ "more than one effect": effects > 1, [`answered otherwise: ${[...odd].join("; ")}`]: odd.size > 0 }),
  };
}

const codeOf = (answer: Answer): string => ("text" in answer ? (/"code":"([a-z-]+)"/.exec(answer.text)?.[1] ?? "") : "");
const idOf = (answer: Answer): string =>
  "text" in answer ? ((JSON.parse(answer.text) as { id?: string }).id ?? codeOf(answer)) : nameOf(answer).toString();

export const sameKey: Fault = {
  id: "R9",
  promise: "one idempotency key has one effect, whoever sends it how often and to which process",
  figure:
    "64 parallel requests with one key over two processes: 1 effect, each answer the stored one or 409; 64 equal after; other body 422",
  run: (place, extent, over) => run(place, extent === "long" ? { rounds: 50, over } : { rounds: 1 }),
  controls: [{ defect: "the client sends no key", run: (place) => run(place, { rounds: 1, keyed: false }) }],
};

import { between, breachesOf, tally, until } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import { callerOf } from "./stand/client.ts";
import { balance, keepLedger } from "./stand/ledger.ts";
import type { Place } from "./stand/place.ts";
import { serviceOn } from "./stand/service.ts";

type Run = { kills: number; writes: number; over?: Over; defect?: string; keyed?: boolean };

/** Writes, kills the process with SIGKILL in the middle and starts it again, and balances the book. */
async function run(place: Place, { kills, writes, defect, keyed = true, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const service = await serviceOn(place, urls.serviceUrl, defect === undefined ? {} : { defect });
  let process = await service.start();
  const caller = callerOf(service.port, await service.token());
  const ledger = keepLedger(caller, { keyed });
  const share = Math.ceil(writes / kills);
  let killed = 0;
  for (; killed < kills && !over(); killed++) {
    const enough = ledger.acknowledged.size + between(Math.ceil(share / 2), share);
    await until(() => ledger.acknowledged.size >= enough, "writes are acknowledged");
    await process.end("SIGKILL");
    process = await service.start();
  }
  await until(() => over() || ledger.acknowledged.size >= writes, "writes are acknowledged");
  await ledger.stop();
  await service.killAll();
  caller.close();
  const { acknowledged, lost, doubled, half } = await balance(place, urls, ledger, keyed);
  return {
    figure: `${killed} kills, ${acknowledged} acknowledged (answers ${tally(ledger.answers)}): ${lost} lost, ${doubled} doubled, ${half} half-written`,
    breaches: breachesOf({ "acknowledged and lost": lost > 0, "written twice": doubled > 0, "written in part": half > 0 }),
  };
}

export const serviceKilled: Fault = {
  id: "R1",
  promise: "kill -9 of the service in the middle of writes loses, doubles and halves nothing",
  figure: "50 kills, >= 20,000 acknowledged writes: 0 lost, 0 doubled, 0 half-written (row, facts, revisions, names, idempotency record)",
  run: (place, extent, over) => run(place, extent === "long" ? { kills: 50, writes: 20_000, over } : { kills: 1, writes: 100 }),
  controls: [
    {
      defect: "it answers before it commits",
      run: (place) => run(place, { kills: 2, writes: 120, defect: "answers before it commits" }),
    },
    { defect: "the client repeats without a key", slow: true, run: (place) => run(place, { kills: 15, writes: 900, keyed: false }) },
  ],
};

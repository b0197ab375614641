import { serviceKilled } from "./r01-service-killed.ts";
import { databaseKilled } from "./r02-database-killed.ts";
import { connectionsKilled } from "./r03-connections-killed.ts";
import { networkBroken } from "./r04-network-broken.ts";
import { connectionsExhausted } from "./r05-connections-exhausted.ts";
import { exportWhileWriting } from "./r08-export-while-writing.ts";
import { sameKey } from "./r09-same-key.ts";
import { modelled } from "./r10-model.ts";
import { toldToStop } from "./r11-told-to-stop.ts";
import { schemaChanged } from "./r12-schema-changed.ts";
import { overloaded } from "./r14-overload.ts";
import { feedInOrder } from "./r15-feed.ts";
import type { Fault } from "./stand/fault.ts";

/** Every promise that is kept by breaking things, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  serviceKilled,
  databaseKilled,
  connectionsKilled,
  networkBroken,
  connectionsExhausted,
  exportWhileWriting,
  sameKey,
  modelled,
  toldToStop,
  schemaChanged,
  overloaded,
  feedInOrder,
];

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuditTrail } from "../../db/write/audit-events.ts";
import { addressOf } from "../traffic/address.ts";

/** How often refusals are written down, and how many addresses are told apart in that time: a flood must not fill the disk. */
const EVERY_MS = 60_000;
const ADDRESSES = 20;

/** Counts a refused token. */
export type CountRefusal = (request: FastifyRequest, code: string) => void;

/**
 * Counts refused tokens by reason and address, and writes the counts each minute and when the service stops: at most 21 rows a minute.
 * Nothing is written while a request waits: a bad token asks nothing of the database.
 */
export function countRefusals(app: FastifyInstance, trail: AuditTrail): CountRefusal {
  let counted = new Map<string, { code: string; address: string | null; count: number }>();
  const write = async () => {
    const rows = [...counted.values()];
    counted = new Map();
    await trail.record(...rows.map((detail) => ({ kind: "token-refused" as const, detail })));
  };
  const timer = setInterval(() => void write().catch(() => {}), EVERY_MS).unref();
  app.addHook("onClose", async () => {
    clearInterval(timer);
    await write().catch(() => {}); // where the database is gone, the count goes with it
  });
  return (request, code) => {
    const address = addressOf(request.ip);
    const own = `${code} ${address}`;
    const [key, place] = counted.has(own) || counted.size < ADDRESSES ? [own, address] : ["others", null];
    const known = counted.get(key);
    if (known) known.count += 1;
    else counted.set(key, { code: place === null ? "any" : code, address: place, count: 1 });
  };
}

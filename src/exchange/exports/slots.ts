import { Problem } from "../../core/problems.ts";

const PER_CLIENT = 2;

/** Takes a place for an export; what it gives lets the place go again, once. */
export type Slots = (client: string) => () => void;

/**
 * At most two exports at once for a client, and `inAll` of all clients: each holds a connection, and writes need some too.
 * @throws Problem (the taking) `rate-limited`, `overloaded`
 */
export function exportSlots(inAll: number): Slots {
  const running = new Map<string, number>();
  let total = 0;
  return (client) => {
    const own = running.get(client) ?? 0;
    if (own >= PER_CLIENT) throw tooMany();
    if (total >= inAll) throw new Problem("overloaded", { headers: { "retry-after": "10" } });
    running.set(client, own + 1);
    total += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      total -= 1;
      const left = (running.get(client) ?? 1) - 1;
      if (left > 0) running.set(client, left);
      else running.delete(client);
    };
  };
}

function tooMany(): Problem {
  const detail = {
    vi: `Một khách chỉ chạy được ${PER_CLIENT} bản xuất cùng lúc: hãy đợi một bản xong.`,
    en: `A client has at most ${PER_CLIENT} exports at once: wait until one of them is done.`,
  };
  return new Problem("rate-limited", { detail, headers: { "retry-after": "10" } });
}

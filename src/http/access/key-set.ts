import { createLocalJWKSet, errors } from "jose";
import type { JSONWebKeySet, JWTVerifyGetKey } from "jose";
import { Problem } from "../../core/problems.ts";
import { findKeySet } from "./discovery.ts";

/** Where a token's public key is found. `generation` changes when the set of keys does, so that what was verified by a withdrawn key is forgotten. */
export type KeySource = { find: JWTVerifyGetKey; generation: () => number };

/** Limits of asking an issuer, in milliseconds; the defaults are the design's. */
export type KeySetLimits = { freshMs: number; keptMs: number; pauseMs: number; firstPauseMs: number; timeoutMs: number };

const LIMITS: KeySetLimits = { freshMs: 60_000, keptMs: 15 * 60_000, pauseMs: 30_000, firstPauseMs: 2_000, timeoutMs: 3_000 };

/** The public half of keys at hand, as a source that never changes. */
export function localKeySet(keySet: JSONWebKeySet): KeySource {
  const find = createLocalJWKSet(keySet);
  return { find, generation: () => 0 };
}

/**
 * The keys that an issuer publishes, found by its metadata, renewed in the background after `freshMs` and kept for `keptMs` while it is down.
 *
 * The issuer is asked at most once per `pauseMs` whatever tokens arrive, so neither an outage nor made-up key ids turn into a storm.
 * `find` throws Problem `unavailable` when no usable keys are at hand: then no token can be judged, good or bad.
 */
export function remoteKeySet(issuer: string, limits: Partial<KeySetLimits> = {}, now: () => number = Date.now): KeySource {
  const { freshMs, keptMs, pauseMs, firstPauseMs, timeoutMs } = { ...LIMITS, ...limits };
  let held: { find: ReturnType<typeof createLocalJWKSet>; text: string; at: number } | undefined;
  let address: string | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  let generation = 0;

  async function ask(): Promise<void> {
    try {
      const found = await findKeySet(issuer, address, timeoutMs);
      address = found.address;
      const text = JSON.stringify(found.keySet);
      if (held?.text !== text) generation++;
      held = { find: held?.text === text ? held.find : createLocalJWKSet(found.keySet), text, at: now() };
    } catch {
      // The next time it is looked up anew: an issuer that moved its keys says so in its metadata.
      address = undefined;
    } finally {
      asking = undefined;
    }
  }

  function renew(): Promise<void> {
    if (asking !== undefined) return asking;
    if (now() - asked < (held === undefined ? firstPauseMs : pauseMs)) return Promise.resolve();
    asked = now();
    asking = ask();
    return asking;
  }

  const usable = () => (held !== undefined && now() - held.at < keptMs ? held : undefined);

  return {
    generation() {
      if (held !== undefined && now() - held.at >= freshMs) void renew();
      // Beyond what may be kept, nothing verified earlier counts either.
      return usable() === undefined ? generation + 0.5 : generation;
    },
    async find(header, token) {
      if (usable() === undefined) await renew();
      else if (now() - (held?.at ?? 0) >= freshMs) void renew();
      const known = usable();
      if (known === undefined) throw new Problem("unavailable", { headers: { "retry-after": "5" } });
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await renew();
        return (usable() ?? known).find(header, token);
      }
    },
  };
}

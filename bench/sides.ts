import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readConfig } from "../src/config.ts";
import type { Scope } from "../src/core/actor.ts";
import type { Embedded } from "../src/db/embedded.ts";
import { freePort } from "../src/db/embedded/server.ts";
import { issueToken } from "../src/http/access/tokens.ts";
import { keysOf } from "../src/store.ts";

const HERE = import.meta.dirname;

/** A service under measurement, in a process of its own. */
export type Side = { name: string; pid: number; port: number; stop(): Promise<void> };
/** The three of one population. */
export type Sides = {
  ours: Side;
  hand: Side;
  typical: Side;
  headers: Record<string, string>;
  /** The headers of a caller; the whole province is said as a territory, if no other is given, or none. */
  bearer(scope: readonly Scope[], territory?: { loc?: string[] }): Promise<Record<string, string>>;
  peak(side: Side): number;
};

const SCOPES: readonly Scope[] = ["people:read", "people:write"];

/** @throws Error when a baseline is not what it was when first used */
export function refuseChangedBaselines(): void {
  const frozen = JSON.parse(readFileSync(join(HERE, "baselines/frozen.json"), "utf8")) as Record<string, string>;
  for (const [file, hash] of Object.entries(frozen)) {
    if (hashOf(file) !== hash) throw new Error(`bench/baselines/${file} has changed since it was frozen: its figures would mean nothing`);
  }
}

/** SHA-256 of a baseline. */
export const hashOf = (file: string): string =>
  createHash("sha256")
    .update(readFileSync(join(HERE, "baselines", file)))
    .digest("hex");

/** Starts the service with authentication, territory, redaction and its log on, and both baselines beside it. */
export async function startSides(embedded: Embedded, dataDir: string): Promise<Sides> {
  const database = embedded.superuserUrl.replace(/\/postgres(\?|$)/, "/trithuc$1");
  const tcp = database.replace(/host=[^&]*&/, "");
  const program = join(HERE, "../bin/trithuc.mjs");
  const log = join(dataDir, "service.log");
  const ours = await start("ours", [program, "serve"], { TRITHUC_DATA_DIR: dataDir, TRITHUC_RATE_LIMIT: "off" }, log);
  const hand = await start("hand", [join(HERE, "baselines/hand.mjs")], { BENCH_DATABASE: database }, join(dataDir, "hand.log"));
  const typical = await start("typical", [join(HERE, "baselines/typical.ts")], { BENCH_DATABASE: tcp }, join(dataDir, "typical.log"));
  const keys = keysOf(readConfig({ TRITHUC_DATA_DIR: dataDir }));
  const bearer: Sides["bearer"] = async (scope, territory = { loc: ["24"] }) => {
    // Each answer is held against the territory, though it is the whole province.
    const wish = { audience: "trithuc", ttl: 6 * 3600, ...territory, client: "bench", subject: "bench" };
    return { authorization: `Bearer ${await issueToken(keys, { ...wish, scope })}`, "accept-language": "vi" };
  };
  return { ours, hand, typical, headers: await bearer(SCOPES), bearer, peak: ({ pid }) => peakOf(pid) };
}

async function start(name: string, args: string[], settings: Record<string, string>, log: string): Promise<Side> {
  const port = await freePort();
  const out = openSync(log, "w");
  const { TRITHUC_DATA_DIR: _, DATABASE_URL: __, ...environment } = process.env;
  const child = spawn(process.execPath, args, { env: { ...environment, ...settings, PORT: String(port) }, stdio: ["ignore", out, out] });
  closeSync(out);
  await listening(name, port, child, log);
  return { name, port, pid: child.pid!, stop: () => stop(child) };
}

async function listening(name: string, port: number, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer) return;
    await delay(100);
  }
  throw new Error(`${name} did not start: ${readFileSync(log, "utf8").slice(-2000)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const killed = setTimeout(() => child.kill("SIGKILL"), 12_000);
  await gone;
  clearTimeout(killed);
}

/** The most memory that a process has had, in MiB. */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

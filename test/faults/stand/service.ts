import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { loadKeys } from "../../../src/http/access/keys.ts";
import { issueToken } from "../../../src/http/access/tokens.ts";
import { freePort } from "../../../src/db/embedded/server.ts";
import type { Scope } from "../../../src/core/actor.ts";
import type { Place } from "./place.ts";

/** How a process ended: by itself or by a signal, how long after it was asked to, and what it said last. */
export type End = { code: number | null; signal: NodeJS.Signals | null; tookMs: number; err: string };
/** A process of the service, on a port that stays the same from one start to the next. */
export type Process = { pid: number; ended: Promise<End>; running(): boolean; end(signal: NodeJS.Signals): Promise<End> };
/** Where a service is started, again and again: the real program, or one with a deliberate defect. */
export type Service = {
  port: number;
  start(): Promise<Process>;
  token(client?: string, scopes?: readonly Scope[]): Promise<string>;
  killAll(): Promise<void>;
};

const ROOT = join(import.meta.dirname, "../../..");
const REAL = [join(ROOT, "bin/trithuc.mjs"), "serve"];
const DEFECTIVE = [join(import.meta.dirname, "defective.ts")];
const EARLIER = join(import.meta.dirname, "earlier.ts");
const programOf = ({ defect, earlier }: { defect?: string; earlier?: string }): string[] => {
  if (earlier !== undefined) return [EARLIER, earlier];
  return defect === undefined ? REAL : [...DEFECTIVE, defect];
};
const AUDIENCE = "trithuc";
const SCOPES: readonly Scope[] = ["people:read", "people:write", "exports", "reference:write"];

/**
 * A service on a database of `place`; with `defect` it is built from the same parts, one of them spoilt, with `earlier` from the
 * code in that folder.
 */
export async function serviceOn(
  place: Place,
  url: string,
  options: { defect?: string; earlier?: string; settings?: Record<string, string> } = {},
): Promise<Service> {
  const { settings } = options;
  const port = await freePort();
  const keys = loadKeys({ dataDir: "/nowhere", keysText: place.keysText, embedded: false });
  const children = new Set<Process>();
  const env = {
    PATH: process.env["PATH"] ?? "",
    DATABASE_URL: url,
    TRITHUC_KEYS: place.keysText,
    TRITHUC_RATE_LIMIT: "off",
    TRITHUC_LOG_LEVEL: "silent",
    PORT: String(port),
    ...settings,
  };
  return {
    port,
    start: async () => {
      const child = spawn(process.execPath, programOf(options), {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const said = { out: "", err: "" };
      let asked = performance.now();
      let over = false;
      child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
      const ended = once(child, "close").then(([code, signal]) => {
        over = true;
        return { code, signal, tookMs: performance.now() - asked, err: said.err } as End;
      });
      await new Promise<void>((resolve, reject) => {
        child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text).includes("/docs\n") && resolve());
        void ended.then(({ err }) => reject(new Error(`it did not start: ${err}`)));
      });
      const running: Process = {
        pid: child.pid!,
        ended,
        running: () => !over,
        end: (signal) => {
          asked = performance.now();
          child.kill(signal);
          return ended;
        },
      };
      children.add(running);
      return running;
    },
    token: (client = "ledger", scope = SCOPES) => issueToken(keys, { audience: AUDIENCE, scope, ttl: 7_200, client, subject: client }),
    killAll: async () => {
      await Promise.all([...children].filter((child) => child.running()).map((child) => child.end("SIGKILL")));
    },
  };
}

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../setup/folder.ts";

type Environment = Record<string, string>;

/** How a program ended and what it said. */
export type Ended = { code: number | null; out: string; err: string; tookMs: number };

const PROGRAM = join(import.meta.dirname, "../../bin/trithuc.mjs");

/** Starts `trithuc` as a person would, with nothing of this process's settings. */
function begin(
  args: readonly string[],
  environment: Environment,
): { child: ChildProcess; said: { out: string; err: string }; ended: Promise<Ended> } {
  const started = performance.now();
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...environment };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...said, tookMs: performance.now() - started }));
  return { child, said, ended };
}

/** Runs a command to its end. */
export const run = (args: readonly string[], environment: Environment = {}): Promise<Ended> => begin(args, environment).ended;

/** A service that is ready. */
export type Served = {
  url: string;
  token: string;
  said: { out: string; err: string };
  pid: number;
  readyMs: number;
  /** Sends the signal and waits for the end; `tookMs` counts from the signal. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
};

/** A worker of the queue that is at it. */
export type Working = Pick<Served, "said" | "pid" | "stop">;

/** Starts services and waits until each says that it runs; `killAll` ends those that a failed test left running. */
export function services(): {
  serve(environment: Environment): Promise<Served>;
  work(environment: Environment): Promise<Working>;
  killAll(): Promise<void>;
} {
  const children = new Map<ChildProcess, Promise<Ended>>();
  const start = async (command: string, environment: Environment, last: RegExp): Promise<Working> => {
    const { child, said, ended } = begin([command], { PORT: "0", TRITHUC_LOG_LEVEL: "silent", ...environment });
    children.set(child, ended);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on("data", () => last.test(said.out) && resolve());
      void ended.then(({ err }) => reject(new Error(err)));
    });
    const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
      const asked = performance.now();
      child.kill(signal);
      return { ...(await ended), tookMs: performance.now() - asked };
    };
    return { said, pid: child.pid!, stop };
  };
  const work = (environment: Environment) => start("worker", environment, /Working the queue/);
  const serve = async (environment: Environment): Promise<Served> => {
    const started = performance.now();
    const running = await start("serve", environment, environment["DATABASE_URL"] === undefined ? /^curl .+\n/m : /\/docs\n/);
    const readyMs = performance.now() - started;
    const { said } = running;
    const [, url = ""] = / (http:\/\/\S+)\n/.exec(said.out) ?? [];
    const [, token = ""] = /Bearer ([^"]+)"/.exec(said.out) ?? [];
    return { url, token, readyMs, ...running };
  };
  const killAll = async () => {
    for (const child of children.keys()) child.kill("SIGTERM");
    await Promise.all(children.values());
  };
  return { serve, work, killAll };
}

/** A data folder of its own, and how to remove it with the cluster that it points to. */
export function dataFolder(): { folder: string; remove(): void } {
  const folder = newFolder();
  const remove = () => {
    const cluster = join(folder, "postgres");
    for (const path of [...(existsSync(cluster) ? [realpathSync(cluster)] : []), folder]) rmSync(path, { recursive: true, force: true });
  };
  return { folder, remove };
}

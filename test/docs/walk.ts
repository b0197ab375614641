import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A document of the repository, as text. */
export const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

/** Code blocks of a document whose fence says these words, without the fence. */
export function blocks(text: string, words: string): string[] {
  return [...text.matchAll(/^```([^\n]+)\n([\s\S]*?)^```$/gm)].flatMap(([, fence, code]) => (fence === words ? [code!] : []));
}

/** Lines to run together, and what the comment after them promises: the last call's status, and texts that must be seen. */
export type Step = { lines: string; promised: string; status: number | undefined; texts: string[] };

/** Cuts a block at its promises: `# 201 "code":"BN-0000001-5"`. */
export function stepsOf(block: string): Step[] {
  const steps: Step[] = [];
  let lines: string[] = [];
  const close = (promised: string) => {
    const [, status, rest = ""] = /^# (\d{3})? ?(.*)$/.exec(promised) ?? [];
    const texts = rest.match(/"[^"]*"(?::(?:"[^"]*"|\w+))?/g) ?? [];
    if (lines.length > 0) steps.push({ lines: lines.join("\n"), promised, status: status ? Number(status) : undefined, texts });
    lines = [];
  };
  for (const line of block.trimEnd().split("\n")) {
    if (/^# (\d{3}|")/.test(line)) close(line);
    else lines.push(line);
  }
  close("");
  return steps;
}

/** What each step wrote, both streams as a terminal shows them, and the status of each of its curl calls. */
export type Outcome = { text: string; statuses: number[] };

/** Runs steps one after another in one bash, as somebody who pastes them; a step that fails does not stop the next. */
export async function runSteps(steps: readonly Step[], environment: Record<string, string>): Promise<Outcome[]> {
  // curl itself, only made to say its status.
  const watched = `exec 2>&1\ncurl() { command curl -w '%{stderr}\\n::status %{http_code}\\n' "$@"; }\n`;
  const script = steps.map(({ lines }) => `${lines}\necho; echo '::end'`).join("\n");
  const shell = spawn("bash", ["-c", watched + script], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await written(shell);
  return text.split("\n::end\n").map((part) => ({
    text: part.replaceAll(/\n::status \d+\n/g, "\n").replaceAll('" : ', '":'),
    statuses: [...part.matchAll(/^::status (\d+)$/gm)].map(([, status]) => Number(status)),
  }));
}

async function written(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  return text;
}

/** A service started as `npm start` does it; `output` is what it has printed so far. */
export type Started = { url: string; output(): string; stop(): Promise<number | null> };

/** Starts the service in a process of its own on a free port. @throws Error with what it printed when it ends before it listens */
export async function startProcess(environment: Record<string, string>): Promise<Started> {
  const env = { ...process.env, PORT: "0", TRITHUC_LOG_LEVEL: "silent", ...environment };
  const child = spawn(process.execPath, ["bin/trithuc.mjs", "serve"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: string) => {
      text += chunk;
      const [, found] = /service:\s+(http:\S+)/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    void ended.then((code) => reject(new Error(`The service ended with ${code}:\n${text}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    return ended;
  };
  return { url, output: () => text, stop };
}

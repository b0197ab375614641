import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { page, ROOT } from "./walk.ts";

const trithuc = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, ["bin/trithuc.mjs", ...args], { cwd: ROOT })).stdout;

/** The commands of a help text, or of a table of the README: what stands first on a line. */
const named = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name!).toSorted();

describe("the README's tables of commands", () => {
  test("hold every command of the help, and no other, in both languages", async () => {
    const [, list = ""] = /Commands:\n([\s\S]*?)\n\n/.exec(await trithuc("--help")) ?? [];
    const commands = named(list, /^ {2}([\w-]+)/gm);
    for (const part of page("README.md").split("\n## English\n")) {
      const [, table = ""] = /\n\| (?:Lệnh|Command) \|[^\n]*\n[^\n]*\n([\s\S]*?)\n\n/.exec(part) ?? [];
      expect(named(table, /^\| `([\w-]+)`/gm)).toEqual(commands);
    }
  });
});

import { describe, expect, test } from "vitest";
import { filesUnder, foldersUnder } from "./source.ts";

const LIMITS = { source: 200, test: 400, folder: 12, src: 14, depth: 3 };
/** Folders that are still too full, each with how many entries it may have until it is parted; a folder not named keeps the limit. */
const STILL_FULL: Record<string, number> = { "src/db": 13 };
const NEVER = ["utils", "util", "helpers", "helper", "common", "misc", "types", "lib", "shared"];

const source = filesUnder("src");
const tests = filesUnder("test");

describe("a file", () => {
  test("of the service has at most 200 lines", () => {
    expect(source.filter(({ lines }) => lines > LIMITS.source).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("of the tests has at most 400 lines", () => {
    expect(tests.filter(({ lines }) => lines > LIMITS.test).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("is named in lower case by its role, and never a drawer for odds and ends", () => {
    const names = [...source, ...tests].map(({ path }) =>
      path
        .split("/")
        .at(-1)!
        .replace(/(\.test)?\.ts$/, ""),
    );
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || NEVER.includes(name))).toEqual([]);
  });
});

describe("a folder of the service", () => {
  const folders = foldersUnder("src");

  test("has at most 12 entries, src itself 14", () => {
    const full = folders.flatMap(({ path, entries }) => {
      const limit = STILL_FULL[path] ?? (path === "src" ? LIMITS.src : LIMITS.folder);
      return entries.length > limit ? [`${path}: ${entries.length}`] : [];
    });
    expect(full).toEqual([]);
  });

  test("lies at most three deep", () => {
    expect(folders.filter(({ path }) => path.split("/").length - 1 > LIMITS.depth).map(({ path }) => path)).toEqual([]);
  });

  test("is no drawer for odds and ends", () => {
    expect(folders.filter(({ path }) => NEVER.includes(path.split("/").at(-1)!)).map(({ path }) => path)).toEqual([]);
  });
});

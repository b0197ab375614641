import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/db/pools.ts";
import type { Database } from "../../src/db/pools.ts";
import { rememberPages } from "../../src/http/direct/memory.ts";
import { testDatabase } from "../setup/database.ts";

let database: Database;
beforeAll(async () => {
  const { serviceUrl } = await testDatabase();
  database = openDatabase({ url: serviceUrl, readers: 1, workers: 1, statementTimeoutMs: 5_000 });
});
afterAll(() => database.close());

const KB = 1024;
/** A page whose proof the database says again as long as `now` is what it was. */
const pageOf = (was: string, now = was) => ({
  proven: { shape: { name: "said", text: "select $1::text" }, values: [now], proof: Buffer.from(was), more: false },
  answer: { link: null, body: Buffer.alloc(10 * KB, "x") },
});
const keep = (memory: ReturnType<typeof rememberPages>, key: string, page = pageOf(key)) => memory.keep(key, page.proven, page.answer);
/** Which of the pages would leave as they are. */
const found = async (memory: ReturnType<typeof rememberPages>, keys: string[]) => {
  const pages = await Promise.all(keys.map(async (key) => memory.find(key)));
  return keys.filter((_, i) => pages[i] !== undefined);
};

test("a page that is remembered leaves while the database says what it said, and is forgotten when it does not", async () => {
  const memory = rememberPages(database.pages);
  keep(memory, "same");
  keep(memory, "other", pageOf("before", "after"));
  keep(memory, "longer", pageOf("one", "one and one more"));
  expect(await found(memory, ["same", "other", "longer", "nobody's"])).toEqual(["same"]);
  expect([memory.find("other"), memory.find("longer")]).toEqual([undefined, undefined]);
});

test("pages are remembered up to a number of bytes: those just asked for stay, those nobody asks for go", async () => {
  const bytes = 26 * KB;
  const busy = rememberPages(database.pages, { bytes, restMs: 60_000, idleMs: 600_000 });
  for (const key of ["a", "b", "c"]) keep(busy, key);
  expect(await found(busy, ["a", "b", "c"])).toEqual(["a", "b"]);
  const calm = rememberPages(database.pages, { bytes, restMs: 0, idleMs: 600_000 });
  for (const key of ["a", "b", "c"]) keep(calm, key);
  expect(await found(calm, ["a", "b", "c"])).toEqual(["b", "c"]);
  const idle = rememberPages(database.pages, { bytes, restMs: 0, idleMs: 0 });
  for (const key of ["a", "b"]) keep(idle, key);
  expect(await found(idle, ["a", "b"])).toEqual(["b"]);
  // One that alone is too long takes the place of none.
  const long = pageOf("d");
  calm.keep("d", long.proven, { link: null, body: [Buffer.alloc(20 * KB), Buffer.alloc(20 * KB)] });
  expect(await found(calm, ["b", "c", "d"])).toEqual(["b", "c"]);
});

import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocks, page, ROOT } from "../docs/walk.ts";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

/** What `program.ts.txt` gives; the generated client has no types here. */
type Page = { data: { id: string; name?: { full: string } }[]; meta: { count?: { value: number } } };
type Program = {
  asked: string[];
  connect(serverUrl: string, token: string): void;
  calls(): Promise<Record<string, unknown>>;
  queries: Record<string, object>;
  list(query: object): Promise<Page>;
  walk(): Promise<{ pages: number[]; names: string[] }>;
  search(filter: string): Promise<Page>;
};

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "trithuc-clients-"));
const typescript = join(folder, "typescript");
const README = page("README.md");

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, "bin/openapi.mjs"), "clients", folder]);
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npm run clients", () => {
  test("is what package.json says, and writes a client in each of three languages", () => {
    expect(JSON.parse(page("package.json")).scripts.clients).toBe("node bin/openapi.mjs clients");
    expect(readdirSync(folder).toSorted()).toEqual(["java", "python", "typescript"]);
    const has = (path: string, words: RegExp) => words.test(readFileSync(join(folder, path), "utf8"));
    expect({
      typescript: has("typescript/trithuc.ts", /"degrees\.level"\?: string\[\]/),
      python: has(
        "python/trithuc.py",
        /def list_people_items\(self.* birth_year_gte: Optional\[int\].* degrees_level: Optional\[List\[str\]\]/,
      ),
      java: has("java/Trithuc.java", /^package trithuc;$[^]*^ {4}public Iterable<Person> listPeopleItems\(ListPeopleParams params\)/m),
      javaLists: has("java/Trithuc.java", /public ListPeopleParams degreesLevel\(List<String> degreesLevel\)/),
    }).toEqual({ typescript: true, python: true, java: true, javaLists: true });
  });

  test("gives a Python client that Python compiles, as the README uses it", async () => {
    const uses = blocks(README, "python").map((block, index) => {
      const file = join(folder, "python", `readme${index}.py`);
      writeFileSync(file, block);
      return file;
    });
    expect(uses.length).toBe(2);
    const compiled = run("python3", ["-m", "py_compile", join(folder, "python/trithuc.py"), ...uses]);
    const missing = await compiled.then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT" || Promise.reject(error),
    );
    if (missing) console.warn("python3 is not on this machine: the Python client was generated and not compiled.");
  });
});

describe("the TypeScript client", () => {
  let registry: Registry;
  let clerk: Agent;
  let program: Program;

  beforeAll(async () => {
    registry = await startRegistry();
    clerk = registry.as();
    for (const person of PEOPLE) await clerk.post("/v1/people", person);
    copyFileSync(join(import.meta.dirname, "program.ts.txt"), join(typescript, "program.ts"));
    for (const [index, block] of blocks(README, "ts").entries()) writeFileSync(join(typescript, `readme${index}.ts`), block);
    writeFileSync(join(typescript, "package.json"), JSON.stringify({ type: "module" }));
    // The client speaks to `fetch`, whose types are the DOM's; all else is as strict as the service itself.
    const compilerOptions = { lib: ["esnext", "dom", "dom.asynciterable"], types: [] };
    writeFileSync(
      join(typescript, "tsconfig.json"),
      JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, include: ["."] }),
    );
    program = (await import(pathToFileURL(join(typescript, "program.ts")).href)) as Program;
    const { port } = registry.app.server.address() as AddressInfo;
    program.connect(`http://127.0.0.1:${port}`, await registry.token({ scope: [...CLERK, "imports", "exports"] }));
    return registry.close;
  }, 30_000);

  test("compiles with the service's own strict settings, a program and the README's lines beside it", async () => {
    expect(readdirSync(typescript)).toContain("readme1.ts");
    const { stdout } = await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", typescript]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });

  test("asks the documented queries, and is answered what a documented address is", async () => {
    expect(Object.keys(program.queries).length).toBeGreaterThanOrEqual(10);
    for (const [documented, query] of Object.entries(program.queries)) {
      const found = await program.list(query);
      const address = new URL(program.asked.at(-1)!.split(" ")[1]!);
      const pairs = [...address.searchParams].map(([name, value]) => `${name}=${value}`).join("&");
      expect(pairs).toBe(documented);
      const { body } = await clerk.get(`/v1/people?${encodeURI(documented)}`);
      expect(found, documented).toEqual(body);
      expect(found.data.length, documented).toBeGreaterThan(0);
    }
  });

  test("searches with a filter in the body, and walks all pages by their cursors", async () => {
    const found = await program.search('has(degrees, level = TS) and name match "van"');
    expect([found.data.map(({ name }) => name?.full).toSorted(), found.meta.count?.value]).toEqual([["Nguyễn Văn An", "Nguyễn Văn Ân"], 2]);
    const { pages, names } = await program.walk();
    expect(pages).toEqual([2, 2, 1]);
    expect(names).toEqual(["Nguyễn Văn An", "Nguyễn Văn Ân", "Đặng Quốc Bảo", "Lý Thị Đào"]);
  });

  test("makes the calls that a system makes, and is told a problem as one", async () => {
    const before = program.asked.length;
    expect(await program.calls()).toEqual({
      overview: expect.arrayContaining(["nouns"]),
      included: ["ThS"],
      changed: [2, null, true],
      problem: [412, "version-mismatch"],
      byCode: true,
      restored: 3,
      degrees: ["TS", "ThS"],
      page: { limit: 50, next: null, cursor: null, has_more: false },
      fields: 3,
      meta: true,
      exported: true,
      imported: ["mau.csv", "2026-01-05"],
    });
    expect(program.asked.length - before).toBeGreaterThanOrEqual(10);
  });
});

/** Synthetic people. */
const PEOPLE = [
  {
    name: { full: "Nguyễn Văn An" },
    gender: "male",
    birth_date: "1985-09-02",
    degrees: [{ level: "TS", training_field: "480101", graduation_year: 2015 }],
    expertise: [{ field: "20101", role: "main" }],
    willing_to_advise: true,
  },
  { name: { full: "Nguyễn Văn Ân" }, gender: "male", birth_date: "1985-09", degrees: [{ level: "TS" }], record_state: "verified" },
  { name: { full: "Lý Thị Đào" }, gender: "female", birth_date: "1985" },
  { name: { full: "Trần Đức Khải" }, gender: "other", degrees: [{ level: "ThS" }], academic_titles: [{ title: "GS" }] },
  { name: { full: "Đặng Quốc Bảo" }, birth_date: "1990-01-15" },
];

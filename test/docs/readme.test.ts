import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newFolder } from "../setup/folder.ts";
import { blocks, page, ROOT, runSteps, startProcess, stepsOf } from "./walk.ts";
import type { Outcome, Started } from "./walk.ts";

const README = page("README.md");
const [VIETNAMESE, ENGLISH] = README.split("\n## English\n") as [string, string];
const steps = blocks(VIETNAMESE, "sh run").flatMap(stepsOf);

describe("the calls of the README, pasted in their order into a shell beside a new service", () => {
  const dataDir = newFolder();
  let service: Started;
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    service = await startProcess({ TRITHUC_DATA_DIR: dataDir });
    outcomes = await runSteps(steps, { TRITHUC: service.url, TRITHUC_DATA_DIR: dataDir });
  }, 120_000);
  afterAll(async () => {
    const code = await service?.stop();
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).toBe(0);
  }, 30_000);

  test("there are ten of them, and none is refused", () => {
    expect([...VIETNAMESE.matchAll(/^\*\*(\d+)\. /gm)].map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(outcomes.flatMap(({ statuses }) => statuses).filter((status) => status >= 300)).toEqual([]);
  });

  test.each(steps.map((step, index) => [step.promised, index] as const).filter(([promised]) => promised !== ""))("%s", (_, index) => {
    const [step, { text, statuses }] = [steps[index]!, outcomes[index]!];
    if (step.status !== undefined) expect(statuses.at(-1), text).toBe(step.status);
    for (const seen of step.texts) expect(text).toContain(seen);
  });

  test("the service prints its address, its documentation, and a curl line with a token that works", async () => {
    expect(service.output()).toContain(`${service.url}/docs`);
    const [, token, url] = /^curl -H "Authorization: (Bearer [^"]+)" "([^"]+)"$/m.exec(service.output())!;
    expect((await fetch(url!, { headers: { authorization: token! } })).status).toBe(200);
    for (const path of ["/", "/docs", "/openapi.json", "/readyz"]) expect((await fetch(service.url + path)).status, path).toBe(200);
  });
});

describe("the README", () => {
  test("shows the same lines in Vietnamese and in English", () => {
    for (const words of ["sh", "sh run", "sh production", "sql"]) expect(blocks(ENGLISH, words)).toEqual(blocks(VIETNAMESE, words));
    expect(blocks(VIETNAMESE, "sh run").length).toBeGreaterThan(10);
  });

  test.each([
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/operations.md",
    "docs/decisions.md",
    "docs/security.md",
    "docs/access.md",
  ])("links of %s lead to files", (name) => {
    const folder = name.startsWith("docs/") ? "docs" : "";
    const links = [...page(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(ROOT, folder, link)))).toEqual([]);
  });
});

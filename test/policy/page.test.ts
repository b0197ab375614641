import { beforeAll, describe, expect, test } from "vitest";
import { accessText } from "../../src/cli/openapi.ts";
import { describePolicy, hashOfPolicy } from "../../src/core/policy/description.ts";
import { operations, ruleOf } from "../../src/core/policy/operations.ts";
import { catalog } from "../../src/nouns.ts";
import { page } from "../docs/walk.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  return registry.close;
});

const policy = () => describePolicy(Object.values(catalog).map(({ noun }) => noun));

describe("the policy", () => {
  test("is shown to administrators as it is, and to nobody else", async () => {
    expect((await registry.as({ scope: ["admin"] }).get("/v1/meta/policy")).body).toEqual(policy());
    expect((await registry.as({ scope: ["audit", "privacy", "people:read"] }).get("/v1/meta/policy")).body.code).toBe("scope-missing");
  });

  test("is written down for people in docs/access.md, made from it", async () => {
    expect(page("docs/access.md")).toBe(await accessText());
  });

  test("is told to the office in both languages: each scope that opens something has its row", () => {
    const scopes = new Set(operations().flatMap(([, { scope, also = [] }]) => [scope, also].flat()));
    for (const heading of ["### Ai được xem gì", "### Who may see what"]) {
      const table = page("README.md").split(heading)[1]!.split("\n### ")[0]!;
      const told = [...table.matchAll(/^\| (.*?) \|/gm)].map(([, first]) => first).join(" ");
      expect(
        [...scopes].filter((scope) => scope !== "any" && scope !== "public" && !told.includes(`\`${scope}\``)),
        heading,
      ).toEqual([]);
    }
  });

  test("is told from any other by its hash", () => {
    const other = policy();
    other.classes[0]!.guarded = true;
    expect(hashOfPolicy(other)).not.toBe(hashOfPolicy(policy()));
  });

  test("knows no operation by the names that every object has", () => {
    for (const name of ["constructor", "toString", "__proto__", ""]) expect(ruleOf(name)).toBeUndefined();
  });
});

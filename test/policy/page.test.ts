import { beforeAll, describe, expect, test } from "vitest";
import { accessText } from "../../src/cli/openapi.ts";
import { describePolicy, hashOfPolicy } from "../../src/core/policy/description.ts";
import { ruleOf } from "../../src/core/policy/operations.ts";
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

  test("is told from any other by its hash", () => {
    const other = policy();
    other.classes[0]!.guarded = true;
    expect(hashOfPolicy(other)).not.toBe(hashOfPolicy(policy()));
  });

  test("knows no operation by the names that every object has", () => {
    for (const name of ["constructor", "toString", "__proto__", ""]) expect(ruleOf(name)).toBeUndefined();
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  return registry.close;
});

describe("POST /v1/people", () => {
  test("registers a person with a code, and answers where it is", async () => {
    const made = await registry.as().post("/v1/people", { name: { full: "Nguyễn Văn An" } });
    expect(made.status).toBe(201);
    expect(made.body.code).toMatch(/^BN-\d{7}-\d$/);
    const list = await registry.as().get("/v1/people");
    expect(list.body.data).toHaveLength(1);
  });
});

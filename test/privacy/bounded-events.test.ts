import { expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";

test("the events of the service are read by an auditor who is bound to a territory too", async () => {
  const registry = await startRegistry();
  const bounded = registry.as({ scope: ["audit"], org: ["SYT"] });
  expect((await bounded.get("/v1/access-log/events")).status).toBe(200);
  expect((await bounded.get("/v1/access-log")).status).toBe(200);
  const anyone = registry.as({ scope: ["audit", "privacy", "people:read"], org: ["SYT"], loc: ["24"] });
  for (const list of ["access-log", "access-log/events", "consents", "data-requests", "people", "degrees"]) {
    for (const query of ["as_of=2024-01-01", "count=exact", "count=estimate", "sort=-id"]) {
      expect((await anyone.get(`/v1/${list}?${query}`)).status, `${list}?${query}`).toBeLessThan(500);
    }
  }
  await registry.close();
});

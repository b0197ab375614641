import { afterAll, expect, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import { documentOf } from "../../src/http/openapi.ts";
import { startRegistry } from "../setup/registry.ts";
import { Fuzzer } from "./fuzz.ts";

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_500);
const SEED = Number(process.env.FUZZ_SEED ?? 371);

const registry = await startRegistry({ feed: true });
afterAll(() => registry.close());

test(`${REQUESTS} requests made from the document alone answer as it says, and none with 500 (seed ${SEED})`, async () => {
  const document = documentOf(registry.app);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => ({ path, method })),
  );
  const ids = await registry.sql<{ id: string }>(
    "(select id::text from localities limit 5) union all (select id::text from organizations limit 5) union all (select id::text from fields limit 3)",
  );
  const fuzzer = new Fuzzer(
    document,
    SEED,
    ids.map(({ id }) => id),
  );
  const agents = [
    registry.as({ scope: SCOPES, purpose: "verification" }),
    registry.as({ scope: SCOPES }),
    registry.as({ scope: ["people:read"] }),
  ];
  const statuses = new Map<number, number>();
  for (let n = 0; n < REQUESTS; n++) {
    const { path, method } = operations[n % operations.length]!;
    const call = fuzzer.call(path, method);
    const { status, body } = await agents[n % 7 === 0 ? 2 : n % 2]!.call(call);
    if (status >= 500) expect.fail(`${status} ${JSON.stringify(call)} ${JSON.stringify(body)}`);
    if (body && typeof body === "object" && "id" in body) fuzzer.remember(body.id, path);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  console.log(
    `statuses: ${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(", ")}`,
  );
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(REQUESTS * 0.2);
}, 120_000);

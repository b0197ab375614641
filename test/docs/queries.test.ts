import { describe, expect, test } from "vitest";
import { QUERIES } from "../../src/http/openapi/queries.ts";
import type { QueryExample } from "../../src/http/openapi/queries.ts";
import { page } from "./walk.ts";

/** A query as the README has it run: what it asks, the call, and what is promised of the answer. */
function lines({ vi, en, path, query, body, sees }: QueryExample): string {
  const call = body === undefined ? ["ask", path, ...query.map((pair) => `'${pair}'`)] : ["post", path, `'${body}'`];
  return [`# ${vi} / ${en}`, call.join(" "), `# 200 ${sees}`].join("\n");
}

describe("the examples of queries", () => {
  test("are a page's worth, and both halves of the README have exactly these run", () => {
    expect(QUERIES.length).toBeGreaterThanOrEqual(15);
    const wanted = QUERIES.map(lines).join("\n");
    for (const half of page("README.md").split("\n## English\n")) expect(half).toContain(wanted);
  });

  test("stand in the document that /docs shows, each beside its operation", () => {
    const { paths } = JSON.parse(page("openapi/trithuc.v1.json")) as { paths: Record<string, Record<string, { description?: string }>> };
    const missing = QUERIES.filter(({ path, vi, en, query, body }) => {
      const { description } = paths[path]![body === undefined ? "get" : "post"]!;
      return !description!.includes(`- ${vi} / ${en}: \`${body ?? query.join("&")}\``);
    });
    expect(missing).toEqual([]);
  });
});

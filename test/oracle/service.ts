import { buildApp } from "../../src/app.ts";
import { openDatabase } from "../../src/db/pools.ts";
import type { Reader } from "../../src/db/pools.ts";
import type { LongReader } from "../../src/db/readers/gate.ts";
import type { Pipeline } from "../../src/db/readers/pipeline.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { catalog } from "../../src/nouns.ts";
import type { Scope } from "../../src/core/actor.ts";
import { PUBLIC_URL } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";
import type { Service } from "./asking/compare.ts";

const SCOPE = ["people:read", "people:read.restricted", "people:read.sensitive", "privacy"] as const satisfies readonly Scope[];

/** The registry's service, as one who may read everything asks it. */
export const serviceOf = (registry: Registry): Service => ({
  app: registry.app,
  token: (claims) => registry.token({ scope: SCOPE, ...claims }),
});

/** A second service on a registry's database, in which the text of statements that contain `which` (those of lists) passes through `rewrite`. */
export async function rewrittenService(
  registry: Registry,
  rewrite: (text: string) => string,
  which = "has_more",
): Promise<Service & { close(): Promise<void> }> {
  const database = openDatabase({ url: registry.urls.serviceUrl, readers: 3, workers: 2, statementTimeoutMs: 10_000 });
  const through = (reader: Reader): Reader => ({
    read: (statement) => {
      const { text, values } = statement.render();
      const rewritten = text.includes(which) ? rewrite(text) : text;
      if (rewritten === text) return reader.read(statement);
      return reader.read(Object.assign(statement.with(values), { render: () => ({ text: rewritten, values }) }));
    },
  });
  const byText =
    (own: LongReader): LongReader =>
    (text, values) =>
      own(text.includes(which) ? rewrite(text) : text, values);
  const shared: Pipeline = {
    ...database.pages,
    first: ({ name, text }, values) => database.pages.first({ name, text: text.includes(which) ? rewrite(text) : text }, values),
  };
  const app = await buildApp({
    database: {
      ...database,
      reader: through(database.reader),
      scans: through(database.scans),
      long: byText(database.long),
      searches: byText(database.searches),
      pages: shared,
    },
    keys: registry.keys,
    catalog,
    publicUrl: () => PUBLIC_URL,
    clock: () => new Date(`${TODAY}T05:00:00Z`),
    verify: localVerifier(registry.keys, "https://registry.example"),
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const close = async (): Promise<void> => {
    await app.close();
    await database.close();
  };
  return { ...serviceOf(registry), app, close };
}

import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { buildApp } from "../../src/app.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import type { ServiceKeys } from "../../src/http/access/keys.ts";
import { issueToken, localVerifier } from "../../src/http/access/tokens.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

const AUDIENCE = "https://registry.example";
const scope: readonly Scope[] = ["people:read", "people:read.restricted", "people:write"];

/** The keys of the two steps of a rotation: every instance is given the new key, and only then is it the one in use. */
function rotated(): [given: ServiceKeys, used: ServiceKeys] {
  const file = JSON.parse(newKeysText());
  const given = { ...file, encryption: { ...file.encryption, "k-next": randomBytes(32).toString("base64") } };
  const read = (text: unknown) => loadKeys({ dataDir: "/nowhere", keysText: JSON.stringify(text), embedded: false });
  return [read(given), read({ ...given, current: "k-next" })];
}

const [before, after] = rotated();
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry({ keys: before, verify: localVerifier(before, AUDIENCE) });
  return registry.close;
});

describe("a rotation of the keys, one instance after another, with traffic on", () => {
  test("loses no value: what either sealed both open, and new values have the new key", async () => {
    const { database } = registry.work;
    const parts = { database, catalog, publicUrl: () => AUDIENCE, clock: () => new Date(), verify: localVerifier(before, AUDIENCE) };
    const token = await issueToken(before, { audience: AUDIENCE, scope, ttl: 600 });
    const headers = { authorization: `Bearer ${token}`, "access-purpose": "verification" };
    const create = async (app: Registry["app"], citizen_id: string) =>
      (await app.inject({ method: "POST", url: "/v1/people", payload: { name: { full: "Lê Văn Khoá" }, citizen_id }, headers })).json<{
        id: string;
        citizen_id: string;
      }>();
    const read = async (app: Registry["app"], id: string) =>
      (await app.inject({ url: `/v1/people/${id}`, headers })).json<{ citizen_id: string }>().citizen_id;
    const numbers = Array.from({ length: 24 }, (_, i) => `0240850${String(10_000 + i)}`);
    // The second instance comes up while the first still answers.
    const other = await buildApp({ ...parts, keys: after });
    const made = await Promise.all(numbers.map((number, i) => create(i % 2 === 0 ? registry.app : other, number)));
    for (const app of [registry.app, other]) expect(await Promise.all(made.map(({ id }) => read(app, id)))).toEqual(numbers);
    expect(made.map(({ citizen_id }) => citizen_id)).toEqual(numbers);
    const found = await other.inject({
      method: "POST",
      url: "/v1/people/search",
      payload: { filter: `citizen_id = ${numbers[0]}`, fields: "id" },
      headers,
    });
    expect(found.json<{ data: { id: string }[] }>().data).toEqual([{ id: made[0]!.id }]);
    const sealed = await registry.sql<{ text: string }>("select encode(citizen_id_sealed, 'escape') as text from people");
    expect(sealed.filter(({ text }) => text.includes("k-next"))).toHaveLength(12);
    await other.close();
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Actor } from "../../src/core/actor.ts";
import { and } from "../../src/core/query/tree.ts";
import type { Comparison, Query } from "../../src/core/query/tree.ts";
import { listStatement, proofStatement } from "../../src/db/query/list.ts";
import { liftPage } from "../../src/db/query/page/lifted.ts";
import { pageStatement, preparePage } from "../../src/db/query/page/prepared.ts";
import { filled } from "../../src/db/query/page/slot.ts";
import { readSelection } from "../../src/db/query/selection.ts";
import type { Context } from "../../src/db/query/source.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { catalog } from "../../src/nouns.ts";

const people = catalog["people"]!;
const keys = loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
const at = {};
const uuid = fc.uuid();
const code = fc.stringMatching(/^[\w "'\\%$1-9-]{1,12}$/);

/** A comparison with one or several values of a kind. */
const compare = (path: string, compares: Comparison[], value: fc.Arbitrary<string>, most = 3) =>
  fc
    .tuple(fc.constantFrom(...compares), fc.array(value, { minLength: 1, maxLength: most }))
    .map(([one, values]): Query => ({ is: "compare", path, compare: one, values: one === "in" ? values : values.slice(0, 1), at }));

const own = fc.oneof(
  compare("id", ["=", "in", "!="], uuid),
  compare("gender", ["=", "in", "!="], fc.constantFrom("male", "female", "other")),
  compare("residence_locality", ["=", "in", "below", "!="], fc.oneof(uuid, fc.constant("24@2025-07-01"))),
  compare("work_locality", ["=", "in", "below", "exists"], fc.oneof(uuid, fc.constant("true"))),
  compare("birth_year", ["=", ">=", "<"], fc.integer({ min: 1900, max: 2026 }).map(String)),
  compare("birth_date", ["=", ">="], fc.constantFrom("1980", "1981-02", "1982-03-04")),
  compare("name", ["match", "prefix", "exact"], fc.constantFrom("Nguyễn Thị Mẫu", "mau", "Đỗ")),
  compare("hometown_locality", ["exists"], fc.constantFrom("true", "false")),
  compare("expertise.field", ["=", "below", "!="], code),
  compare("affiliations.organization", ["=", "in", "below"], fc.oneof(uuid, code)),
);
const degree = fc.oneof(compare("level", ["=", "in"], code), compare("training_field", ["=", "below"], code));
const element = fc
  .tuple(fc.constantFrom("has", "none"), fc.array(degree, { minLength: 1, maxLength: 2 }))
  .map(([is, items]) => ({ is, path: "degrees", where: and(items), at }) as Query);
const tree = fc.letrec<{ any: Query }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    own,
    element,
    tie("any").map((item): Query => ({ is: "not", item })),
    fc.array(tie("any"), { minLength: 1, maxLength: 3 }).map(and),
    fc.array(tie("any"), { minLength: 2, maxLength: 3 }).map((items): Query => ({ is: "or", items })),
  ),
})).any;
/** What declared combinations ask for. */
const usual = fc.tuple(uuid, code, code).map(([place, field, level]) =>
  and([
    { is: "compare", path: "residence_locality", compare: "=", values: [place], at },
    { is: "has", path: "expertise", where: { is: "compare", path: "field", compare: "below", values: [field], at }, at },
    { is: "has", path: "degrees", where: { is: "compare", path: "level", compare: "=", values: [level], at }, at },
  ]),
);
const nodes = fc.option(fc.array(uuid, { maxLength: 3 }));

const question = fc.record({
  query: fc.oneof(tree, usual),
  sort: fc.constantFrom(undefined, "name", "-birth_year", "birth_date,-name"),
  org: nodes,
  loc: nodes,
  limit: fc.constantFrom(1, 50, 500),
  count: fc.boolean(),
  later: fc.boolean(),
  asOf: fc.constantFrom(null, null, "2024-06-01"),
  fields: fc.constantFrom(undefined, "id,name"),
});

test("a statement that was compiled without its values is, with them, the statement that is compiled with them", () => {
  const seen = { lifted: 0, again: 0, whole: 0 };
  const known = new Map<string, NonNullable<ReturnType<typeof preparePage>>>();
  fc.assert(
    fc.property(question, ({ query, sort, org, loc, limit, count, later, asOf, fields }) => {
      const actor: Actor = { client: "a", subject: "a", scopes: new Set(["people:read"]), org, loc, purpose: null, language: "vi" };
      const context: Context = { actor, catalog, keys, today: "2026-11-23", asOf, inUrl: true, kept: "maker" };
      const after = later && sort === "-birth_year" ? [-1980, "0199f0a0-0000-7000-8000-000000000001"] : null;
      const rows = { query, sort, after, limit, count, on: null };
      const selection = readSelection(people, fields, undefined, context);
      const compile = (proven: boolean) => {
        try {
          const list = { ...rows, selection };
          const proof = proven ? proofStatement(list, people, context)?.render() : undefined;
          return { whole: listStatement(list, people, { ...context, proven }).render(), proof };
        } catch {
          return undefined; // a question that is refused
        }
      };
      const lifted = liftPage(rows, [fields, undefined], people, context);
      const found = lifted && known.get(lifted.key);
      const page = found ?? (lifted && preparePage(lifted, selection, people));
      seen.whole++;
      if (!lifted || !page) return;
      known.set(lifted.key, page);
      seen[found ? "again" : "lifted"]++;
      const { proof } = page;
      const given = {
        whole: pageStatement(page, lifted.given).render(),
        proof: proof && { text: proof.text, values: filled(proof.statement.values, lifted.given) },
      };
      expect(given).toEqual(compile(page.brief));
    }),
    { numRuns: 3_000, seed: 371 },
  );
  // Questions of each sort came, and many came again in other values.
  expect(seen.lifted).toBeGreaterThan(500);
  expect(seen.again).toBeGreaterThan(200);
  expect(seen.whole - seen.lifted - seen.again).toBeGreaterThan(300);
});

import fc from "fast-check";
import type { Noun } from "../../../src/core/registry/noun.ts";
import { filterText, nesting, predicates } from "./question.ts";
import { Leaves, maybe, NOBODY, one, SECRETS } from "./leaves.ts";
import type { Ask, Leaf, Question, Territory } from "./question.ts";
import type { World } from "../world/world.ts";

const FACTS = ["degrees", "academic-titles", "affiliations", "expertise", "awards"];
/** People most often: they have everything that there is to ask. */
const NOUNS = [
  ...Array<string>(10).fill("people"),
  ...FACTS,
  ...FACTS,
  "organizations",
  "organizations",
  "localities",
  "fields",
  "codes",
  "code-lists",
];
/** What is asked by who has another scope than the rest. */
const PRIVACY = ["consents", "data-requests"];

/** Random questions about a world, most of which something answers. */
export function questions(world: World): fc.Arbitrary<Question> {
  const leaves = new Leaves(world);
  const makers = new Map([...new Set(NOUNS)].map((name) => [name, questionsOf(world, leaves, world.nouns[name]!)]));
  const searches = fc.tuple(makers.get("people")!, leaves.search()).map(([question, search]) => ranked(question, search));
  return fc.oneof({ withCrossShrink: false }, ...NOUNS.map((name) => makers.get(name)!), searches, searches);
}

/** Random questions about what people agreed to and asked for. */
export function privacyQuestions(world: World): fc.Arbitrary<Question> {
  const leaves = new Leaves(world);
  return fc.oneof(...PRIVACY.map((name) => questionsOf(world, leaves, world.nouns[name]!)));
}

/** A search for a name, whose answer is ranked, beside what else is asked. */
function ranked({ filter, ...question }: Question, search: Leaf): Question {
  const both: Ask = filter && nesting(filter) < 5 ? { is: "and", items: [search, filter] } : search;
  return { ...question, sort: [], filter: both };
}

function questionsOf(world: World, leaves: Leaves, noun: Noun): fc.Arbitrary<Question> {
  const own = Object.keys(noun.fields);
  const sortable = own.filter((member) => noun.fields[member]!.sortable);
  const shown = own.filter((member) => noun.fields[member]!.class === "public" || noun.fields[member]!.class === "internal");
  const pointing = ({ relations, fields }: Noun) =>
    Object.entries(relations).filter(([member]) => !fields[member] || ["place", "unit"].includes(fields[member].kind));
  const includes = [...Object.entries(noun.collections), ...pointing(noun)].flatMap(([member, target]) => [
    member,
    ...pointing(world.nouns[target]!).flatMap(([inner]) => (inner === "person" ? [] : [`${member}.${inner}`])),
  ]);
  const people = world.rows["people"]!.filter((row) => row["hidden_at"] === null).map((row) => row["id"] as string);
  const big = ["localities", "fields", "codes"].includes(noun.name);
  return fc
    .record(
      {
        noun: fc.constant(noun.name),
        person: noun.standing === "fact" ? maybe(one(people), 1) : fc.constant(undefined),
        list: noun.name === "codes" ? one(["degree-levels", "awards", "academic-titles"]) : fc.constant(undefined),
        inBody: noun.name === "people" ? fc.nat(3).map((n) => n === 0) : fc.constant(false),
        parameters: fc.oneof(
          { weight: 2, arbitrary: fc.constant([]) },
          {
            weight: 1,
            arbitrary: leaves.parameters(noun),
          },
        ),
        filter: maybe(leaves.ask(noun, 4), 8),
        sort: fc.uniqueArray(fc.record({ field: one(sortable.length > 0 ? sortable : ["id"]), descending: fc.boolean() }), {
          maxLength: Math.min(3, sortable.length),
          selector: ({ field }) => field,
        }),
        limit: big
          ? one([150, 500])
          : fc.oneof(
              { weight: 1, arbitrary: fc.integer({ min: 6, max: 30 }) },
              { weight: 3, arbitrary: fc.integer({ min: 31, max: 200 }) },
            ),
        count: fc.boolean(),
        asOf: maybe(
          one(["2009-06-15", "2015-01-01", "2023-12-31", "2024-06-01", "2026-11-22", "2026-11-23", "2026-11-24", "2027-01-01"]),
          1,
        ),
        // Whole records cost the service most; who they are is what is compared.
        fields: fc.oneof(
          { weight: 5, arbitrary: fc.constant(["id"]) },
          { weight: 3, arbitrary: fc.uniqueArray(one(shown), { minLength: 1, maxLength: 4 }) },
          { weight: 2, arbitrary: fc.constant(undefined) },
        ),
        include:
          includes.length > 0
            ? maybe(fc.uniqueArray(one(includes), { minLength: 1, maxLength: 2, selector: (path) => path.split(".")[0]! }), 1)
            : fc.constant(undefined),
        territory: noun.standing === "reference" ? fc.constant({}) : territories(world),
      },
      {
        requiredKeys: [
          "noun",
          ...(noun.name === "codes" ? ["list" as const] : []),
          "inBody",
          "parameters",
          "sort",
          "limit",
          "count",
          "territory",
        ],
      },
    )
    .map((drawn) => tidy(drawn as Drawn))
    .filter(
      ({ filter, inBody }) =>
        filter === undefined ||
        (nesting(filter) <= 5 && predicates(filter) <= 40 && encodeURIComponent(filterText(filter)).length < (inBody ? 4000 : 5000)),
    );
}

/** Leaves out what a question cannot have: undefined members, parameters in a body, identifiers in a URL. */
type Drawn = { [Key in keyof Question]: Question[Key] | undefined };

function tidy(drawn: Drawn): Question {
  const question = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as Question;
  if (question.inBody) return { ...question, parameters: [], ...(question.filter && { filter: separate(question.filter) }) };
  return { ...question, ...(question.filter && { filter: separate(replaceSecrets(question.filter)) }) };
}

function mapLeaves(ask: Ask, change: (leaf: Leaf) => Ask): Ask {
  switch (ask.is) {
    case "and":
    case "or":
      return { ...ask, items: ask.items.map((item) => mapLeaves(item, change)) };
    case "not":
      return { ...ask, item: mapLeaves(ask.item, change) };
    case "compare":
      return change(ask);
    default:
      return ask.where ? { ...ask, where: mapLeaves(ask.where, change) } : ask;
  }
}

const replaceSecrets = (ask: Ask): Ask => mapLeaves(ask, (leaf) => (SECRETS.test(leaf.path) ? NOBODY : leaf));

const COLLECTIONS = /^(person\.)?(degrees|academic_titles|affiliations|expertise|awards)\.(.+)$/;

/** Two bare paths of one collection side by side are ambiguous: from the second on each gets a `has` of its own. */
function separate(ask: Ask): Ask {
  const seen = new Set<string>();
  const inScope = (one: Ask): Ask => {
    switch (one.is) {
      case "and":
      case "or":
        return { ...one, items: one.items.map(inScope) };
      case "not":
        return { ...one, item: inScope(one.item) };
      case "compare": {
        const [, before = "", collection = "", rest = ""] = COLLECTIONS.exec(one.path) ?? [];
        const key = before + collection;
        if (key === "") return one;
        if (!seen.has(key)) {
          seen.add(key);
          return one;
        }
        return before ? NOBODY : { is: "has", path: collection, where: { ...one, path: rest } };
      }
      default:
        return one.where ? { ...one, where: separate(one.where) } : one;
    }
  };
  return inScope(ask);
}

function territories(world: World): fc.Arbitrary<Territory> {
  const organizations = world.rows["organizations"]!.filter(({ code }) => /^T\d|^UBND$|^SYT$/.test(code)).map(({ id }) => id as string);
  const used = [...world.rows["people"]!, ...world.rows["organizations"]!]
    .flatMap((row) => [row["residence_locality_id"], row["hometown_locality_id"], row["locality_id"]])
    .filter(Boolean) as string[];
  const above = used.map((id) => world.byId.get(id)!["parent_id"] as string | null).filter((id) => id !== null);
  const places = [...new Set([...used, ...above, "24", "01", "nowhere"])];
  const org = fc.uniqueArray(one(organizations), { maxLength: 3 });
  const loc = fc.uniqueArray(one(places), { maxLength: 3 });
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    { weight: 2, arbitrary: fc.record({ org }) },
    { weight: 2, arbitrary: fc.record({ loc }) },
    { weight: 1, arbitrary: fc.record({ org, loc }) },
  );
}

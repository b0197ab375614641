import { changeShape, createShape } from "../../core/registry/noun.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { affiliationSource } from "./queries.ts";
import { Affiliation } from "./schema.ts";
import { affiliations } from "./table.ts";

/** What the commands of facts (`createFact`, `changeFact`, ...) need to know of affiliations. */
export const affiliationFacts: FactNoun = {
  noun: Affiliation,
  table: affiliations,
  source: affiliationSource,
  create: createShape(Affiliation),
  change: changeShape(Affiliation),
};

import { changeShape, createShape } from "../../core/registry/noun.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { awardSource } from "./queries.ts";
import { Award } from "./schema.ts";
import { awards } from "./table.ts";

/** What the commands of facts (`createFact`, `changeFact`, ...) need to know of awards. */
export const awardFacts: FactNoun = {
  noun: Award,
  table: awards,
  source: awardSource,
  create: createShape(Award),
  change: changeShape(Award),
};

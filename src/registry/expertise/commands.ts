import { changeShape, createShape } from "../../core/registry/noun.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { expertiseSource } from "./queries.ts";
import { Expertise } from "./schema.ts";
import { expertise } from "./table.ts";

/** What the commands of facts (`createFact`, `changeFact`, ...) need to know of expertise. */
export const expertiseFacts: FactNoun = {
  noun: Expertise,
  table: expertise,
  source: expertiseSource,
  create: createShape(Expertise),
  change: changeShape(Expertise),
};

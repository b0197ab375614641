import { changeShape, createShape } from "../../core/registry/noun.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { degreeSource } from "./queries.ts";
import { Degree } from "./schema.ts";
import { degrees } from "./table.ts";

/** What the commands of facts (`createFact`, `changeFact`, ...) need to know of degrees. */
export const degreeFacts: FactNoun = {
  noun: Degree,
  table: degrees,
  source: degreeSource,
  create: createShape(Degree),
  change: changeShape(Degree),
};

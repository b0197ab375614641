import { changeShape, createShape } from "../../core/registry/noun.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { academicTitleSource } from "./queries.ts";
import { AcademicTitle } from "./schema.ts";
import { academicTitles } from "./table.ts";

/** What the commands of facts (`createFact`, `changeFact`, ...) need to know of academic titles. */
export const academicTitleFacts: FactNoun = {
  noun: AcademicTitle,
  table: academicTitles,
  source: academicTitleSource,
  create: createShape(AcademicTitle),
  change: changeShape(AcademicTitle),
};

import { factSource } from "../facts/queries.ts";
import { AcademicTitle } from "./schema.ts";

/** How academic titles are read; statements alike in these members are of one fact. */
export const academicTitleSource = factSource(AcademicTitle, ["title"]);

import type { Registering } from "../../http/nouns/nouns.ts";
import { factRoutes } from "../facts/routes.ts";
import { academicTitleFacts } from "./commands.ts";

/** `/v1/academic-titles` and `/v1/people/{id}/academic-titles`. */
export const academicTitleRoutes = (registering: Registering): void => factRoutes(registering, academicTitleFacts);

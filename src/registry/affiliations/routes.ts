import type { Registering } from "../../http/nouns/nouns.ts";
import { factRoutes } from "../facts/routes.ts";
import { affiliationFacts } from "./commands.ts";

/** `/v1/affiliations` and `/v1/people/{id}/affiliations`. */
export const affiliationRoutes = (registering: Registering): void => factRoutes(registering, affiliationFacts);

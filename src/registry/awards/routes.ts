import type { Registering } from "../../http/nouns/nouns.ts";
import { factRoutes } from "../facts/routes.ts";
import { awardFacts } from "./commands.ts";

/** `/v1/awards` and `/v1/people/{id}/awards`. */
export const awardRoutes = (registering: Registering): void => factRoutes(registering, awardFacts);

import type { Registering } from "../../http/nouns/nouns.ts";
import { factRoutes } from "../facts/routes.ts";
import { degreeFacts } from "./commands.ts";

/** `/v1/degrees` and `/v1/people/{id}/degrees`. */
export const degreeRoutes = (registering: Registering): void => factRoutes(registering, degreeFacts);

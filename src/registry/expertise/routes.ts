import type { Registering } from "../../http/nouns/nouns.ts";
import { factRoutes } from "../facts/routes.ts";
import { expertiseFacts } from "./commands.ts";

/** `/v1/expertise` and `/v1/people/{id}/expertise`. */
export const expertiseRoutes = (registering: Registering): void => factRoutes(registering, expertiseFacts);

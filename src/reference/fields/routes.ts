import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { fieldSource } from "./queries.ts";

/** `/v1/fields`: trees of fields, one a scheme; changed only by the reference load. */
export function fieldRoutes(registering: Registering): void {
  listRoute(registering, fieldSource);
  recordRoute(registering, fieldSource);
}

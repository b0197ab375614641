import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf, pointsAt } from "../../db/tables/constraints.ts";
import { index, sql, uniqueIndex } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { people } from "../../registry/people/table.ts";
import { Consent } from "./schema.ts";

/** One row a consent; of a person and a purpose one at most is live. */
export const consents = registryTable("consents", { ...recordColumns, ...columnsOf(Consent) }, (t) => [
  ...checksOf(Consent),
  ...pointsAt(Consent, t, "person_id", () => people["id"]!),
  ...planIndexes(Consent, t),
  uniqueIndex("consents_live_key")
    .on(t["person_id"]!, t["purpose"]!)
    .where(sql`withdrawn_at is null`),
  // The directory in the order of ids.
  index("consents_live_index")
    .on(t["purpose"]!, t["person_id"]!)
    .where(sql`withdrawn_at is null`),
]);

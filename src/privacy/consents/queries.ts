import type { Source } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { Consent } from "./schema.ts";

/** How consents are read. */
export const consentSource: Source = {
  noun: Consent,
  conditions: {},
  derived: { live: (row) => sql`(${row}.withdrawn_at is null)` },
};

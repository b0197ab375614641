import { factSource } from "../facts/queries.ts";
import { Affiliation } from "./schema.ts";

/** How affiliations are read; statements alike in these members are of one fact. */
export const affiliationSource = factSource(Affiliation, ["organization_id", "organization_text", "post"]);

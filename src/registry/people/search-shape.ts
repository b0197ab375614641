import { z } from "zod";
import { FILTER_HELP } from "../../http/nouns/list-shapes.ts";
import { LIMITS } from "../../http/nouns/lists.ts";

/** The body of `POST /v1/people/search`: the same query as a list's, where identifiers may stand. */
export const SearchPeople = z
  .strictObject({
    filter: z
      .string()
      .max(4096)
      .optional()
      .meta({
        description: `${FILTER_HELP} Only here may it name \`citizen_id\`, \`phones\`, \`emails\`.`,
        example: 'name match "minh khai" and birth_year >= 1980',
      }),
    sort: z.string().max(200).optional().meta({ description: "As in lists.", example: "name" }),
    fields: z.string().max(2000).optional().meta({ description: "As in lists.", example: "id,name,birth_year" }),
    include: z.string().max(500).optional().meta({ description: "As in lists.", example: "degrees" }),
    limit: z.int().min(1).max(LIMITS.page).optional().meta({ description: "As in lists.", example: 20 }),
    cursor: z.string().max(4096).optional().meta({ description: "`page.cursor` of the page before." }),
    count: z.enum(["none", "estimate", "exact"]).optional().meta({ description: "As in lists.", example: "none" }),
    as_of: z.iso.date().optional().meta({ description: "As in lists.", example: "2025-12-31" }),
  })
  .meta({ id: "SearchPeople", description: "A query of people in a body." });

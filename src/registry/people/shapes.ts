import { z } from "zod";
import { PartialDateText } from "../../core/registry/field.ts";
import { text } from "../../core/registry/scalars.ts";
import { FILTER_HELP } from "../../http/nouns/list-shapes.ts";
import { LIMITS } from "../../http/nouns/parts.ts";

/** A name as it is written: family name first, as on the identity card. */
export const NameShape = z
  .strictObject({
    full: text(120).meta({ description: "The whole name, family name first, without titles.", example: "Nguyễn Thị Minh Khai" }),
    family: text(120).nullable().optional().meta({ description: "Family name; taken from `full` if left out.", example: "Nguyễn" }),
    middle: text(120).nullable().optional().meta({ description: "Middle name; taken from `full` if left out.", example: "Thị Minh" }),
    given: text(120)
      .optional()
      .meta({ description: "Given name, by which lists are sorted; taken from `full` if left out.", example: "Khai" }),
  })
  .meta({ id: "PersonName" });

/** A former, pen, stage or religious name, with the days on which it was borne. */
export const OtherName = z
  .strictObject({
    kind: z.enum(["former", "pen_name", "stage_name", "religious", "other"]).meta({ example: "pen_name" }),
    full: text(120).meta({ example: "Hoài Thanh" }),
    valid_from: PartialDateText.nullable().optional(),
    valid_to: PartialDateText.nullable().optional(),
  })
  .meta({ id: "OtherName" });

/** An identifier in another system, or a supplier's own number. */
export const Identifier = z
  .strictObject({
    scheme: z
      .string()
      .regex(/^([a-z][a-z0-9_-]{1,39}|local:[A-Za-z0-9._-]{1,40})$/)
      .meta({ description: "`orcid`, `scopus` ... or `local:<organization code>`.", example: "orcid" }),
    value: text(100).meta({ example: "0000-0002-1825-0097" }),
  })
  .meta({ id: "Identifier" });

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

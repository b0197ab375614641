import { z } from "zod";
import { PartialDateText } from "../../core/registry/field.ts";
import { text } from "../../core/registry/scalars.ts";
import { FIELD_SCHEMES } from "../../reference/fields/schema.ts";
import { Identifier } from "../../registry/people/shapes.ts";

export const RECONCILED = ["people", "organizations", "localities", "fields", "degree-levels"] as const;
export const LIMITS = { queries: 1000, candidates: 10, usual: 3 };

/** Why a candidate may be meant, or may not. */
export const REASONS = [
  "citizen_id",
  "citizen_id_differs",
  "identifier",
  "code",
  "read_as_in_imports",
  "name_as_written",
  "name_same_marks",
  "name_folded",
  "name_in_part",
  "name_similar",
  "birth_date",
  "birth_year",
  "birth_date_differs",
  "organization",
] as const;
export type Reason = (typeof REASONS)[number];

/** What is known of a person who is looked for. */
const PersonRow = z
  .strictObject({
    name: text(120).meta({ description: "Name; titles are left out.", example: "Nguyễn Thị Minh Khai" }),
    birth_date: PartialDateText.nullable().optional(),
    organization: text(300).nullable().optional().meta({ description: "Unit as it is written.", example: "Sở Y tế" }),
    citizen_id: z
      .string()
      .regex(/^\d{12}$/)
      .nullable()
      .optional()
      .meta({ description: "Needs the scope of restricted fields and a purpose." }),
    identifiers: z.array(Identifier).max(5).optional(),
  })
  .meta({ id: "ReconciliationRow", description: "What is known of a person who is looked for." });
export type PersonRow = z.infer<typeof PersonRow>;

/** The body of `POST /v1/reconciliation`. */
export const Reconciliation = z
  .strictObject({
    noun: z.enum(RECONCILED).meta({ description: "What is looked for.", example: "organizations" }),
    queries: z
      .array(z.union([text(300), PersonRow]))
      .min(1)
      .max(LIMITS.queries)
      .meta({ description: "Texts as they are written, or for people rows.", examples: [["Sở Y tế", "ĐH Bách khoa Hà Nội"]] }),
    limit: z.int().min(1).max(LIMITS.candidates).optional().meta({ description: "Candidates for each; 3 if left out.", example: 3 }),
    as_of: z.iso.date().optional().meta({ description: "Localities as they stood on this day; if left out, of any day." }),
    scheme: z.enum(FIELD_SCHEMES).optional().meta({ description: "Fields of this classification only." }),
  })
  .meta({ id: "Reconciliation", description: "Texts or rows to be matched with records." });
export type Asked = z.infer<typeof Reconciliation>;

const CandidateShape = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    hint: z.string().meta({ description: "What tells same names apart." }),
    score: z.number().min(0).max(1).meta({ description: "1 is evidence; a name alone never comes near it for people.", example: 0.93 }),
    certain: z.boolean().meta({ description: "Whether it may be taken without being looked at." }),
    reasons: z.array(z.enum(REASONS)),
  })
  .meta({ id: "ReconciliationCandidate", description: "A record that may be meant." });
export type Candidate = z.infer<typeof CandidateShape>;

/** What is answered: for each query, in its order, the candidates, best first. */
export const Reconciled = z
  .object({ data: z.array(z.object({ candidates: z.array(CandidateShape) })) })
  .meta({ id: "Reconciled", description: "Candidates for each query, in the order of the queries." });

import { z } from "zod";
import { Reference } from "../../core/registry/noun.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { PageInfo } from "../../http/nouns/list-shapes.ts";

export const ACTIONS = ["created", "changed", "deleted", "restored", "erased"] as const;

const Change = z
  .object({
    field: z.string().meta({ description: "The member that changed.", example: "gender" }),
    from: z.unknown().meta({ description: "What stood there before; null: nothing." }),
    to: z.unknown().meta({ description: "What stands there since; null: nothing." }),
  })
  .meta({ id: "FieldChange", description: "A member of a record that changed." });

const redacted = z.array(z.string()).optional().meta({ description: "Fields that the caller's scopes or purpose do not open." });

const Beside = z
  .object({
    recorded_at: z.iso.datetime(),
    actor: z.string(),
    client: z.string().nullable(),
    reason: z.string().nullable(),
    changes: z.array(Change),
  })
  .meta({ id: "RevisionBeside", description: "What was written, while a version stood, to the rows of one of its members alone." });

/** Who changed a record, when, on whose statement and why, and what it was that changed. */
export const Revision = z
  .object({
    version: z.int().meta({ description: "The record's version that came of it.", example: 2 }),
    action: z.enum(ACTIONS).meta({ description: "What was done.", example: "changed" }),
    recorded_at: z.iso
      .datetime()
      .meta({ description: "When it was written; `known_at` takes it as it stands.", example: "2026-11-23T04:05:06.789012Z" }),
    actor: z.string().meta({ description: "Who did it: the subject of the token, or the account that worked in the database." }),
    client: z.string().nullable().meta({ description: "The system through which it was done." }),
    reason: z.string().nullable().meta({ description: "Why, as `reason=` said." }),
    source_organization_id: z.uuid().nullable().meta({ description: "Who supplied what was written, where an import wrote it." }),
    source_organization: Reference.nullable().meta({ description: "The same in short." }),
    import_id: z.uuid().nullable().meta({ description: "The import that wrote it." }),
    import_row: z.int().nullable().meta({ description: "The import's row that wrote it." }),
    changes: z.array(Change).nullable().meta({
      description: "What changed, of the fields that the caller may read; null: no longer known, because a version was erased.",
    }),
    beside: z.array(Beside).optional().meta({
      description:
        "What was written to the rows of a member alone (a person's `identifiers`) while this version stood; only work in the database itself does so.",
    }),
    redacted,
  })
  .meta({ id: "Revision", description: "A version of a record: who made it, when, why, and what changed." });

export const RevisionPage = z
  .object({ data: z.array(Revision), page: PageInfo, meta: z.object({ redacted }) })
  .meta({ id: "RevisionPage", description: "A page of a record's history, the present version first." });

/** One version of a noun's record, with the record as it then stood. */
export function revisionShape(noun: Noun, record: z.ZodObject): z.ZodObject {
  return Revision.extend({
    diff: z.int().nullable().meta({ description: "The version that `changes` begin from; null: from nothing." }),
    record: record.nullable().meta({ description: "What was written down in this version; null: erased." }),
  }).meta({ id: `${noun.shape}Revision`, description: `A version of a record: ${noun.label.en.toLowerCase()}.` });
}

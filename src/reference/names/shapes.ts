import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { allowOnly, invalid, single } from "../../http/nouns/parts.ts";
import type { RawQuery } from "../../http/nouns/parts.ts";

const [MOST, USUAL, LONGEST] = [20, 10, 120];

/** One suggestion: what a form needs to fill in an id, and a hint that tells same names apart. */
const SuggestionShape = z
  .object({
    id: z.uuid(),
    code: z.string().meta({ example: "07210" }),
    name: z.string().meta({ example: "Phường Bắc Giang" }),
    hint: z.string().meta({
      description: "What tells same names apart: unit and birth year, parent and period; never anything that the caller may not read.",
      example: "Tỉnh Bắc Ninh · 2025-07-01–",
    }),
  })
  .meta({ id: "Suggestion", description: "A record that may be meant." });

/** What every `suggest` answers. */
export const SuggestionsShape = z
  .object({ data: z.array(SuggestionShape) })
  .meta({ id: "Suggestions", description: "Records that may be meant, best first." });

/** The parameters of every `suggest`. */
export const suggestParameters = (more: Record<string, object> = {}): object => ({
  type: "object",
  required: ["q"],
  properties: {
    q: { type: "string", minLength: 1, maxLength: LONGEST, description: "What has been typed so far, or a code." },
    limit: { type: "integer", minimum: 1, maximum: MOST, default: USUAL, description: "Suggestions wanted." },
    ...more,
  },
});

/** Reads `q` and `limit`. @throws Problem `invalid-parameter`, `unknown-parameter` */
export function asked(request: FastifyRequest, more: readonly string[] = []): { text: string; limit: number } {
  const query = request.query as RawQuery;
  allowOnly(query, ["q", "limit", ...more]);
  const text = query["q"] === undefined ? "" : single("q", query["q"]);
  if (text === "" || [...text].length > LONGEST)
    throw invalid({ parameter: "q", limit: LONGEST, value: [...text].length }, `từ 1 đến ${LONGEST} ký tự`, `1 to ${LONGEST} characters`);
  const given = query["limit"] === undefined ? String(USUAL) : single("limit", query["limit"]);
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST)
    throw invalid({ parameter: "limit", limit: MOST }, `một số từ 1 đến ${MOST}`, `a number from 1 to ${MOST}`);
  return { text, limit };
}

import type { Noun } from "../../core/registry/noun.ts";
import { plural } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { single, invalid } from "../../http/nouns/parts.ts";
import type { RawQuery } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { ClassificationField, FIELD_SCHEMES } from "../fields/schema.ts";
import { Locality } from "../localities/schema.ts";
import { Organization } from "../organizations/schema.ts";
import { suggestReference } from "./queries.ts";
import type { Named } from "./queries.ts";
import { asked, suggestParameters, SuggestionsShape } from "./shapes.ts";

/** `GET /v1/organizations/suggest`, and the same of localities and fields: what may be meant by what is typed. */
export function suggestRoutes({ app, parts }: Registering): void {
  for (const noun of [Organization, Locality, ClassificationField]) {
    const schemes =
      noun === ClassificationField ? { scheme: { type: "string", enum: FIELD_SCHEMES, description: "Only this classification." } } : {};
    app.get(`/v1/${noun.name}/suggest`, {
      schema: {
        operationId: `suggest${plural(noun)}`,
        summary: `Suggest ${noun.name}`,
        tags: [noun.name],
        description: DESCRIPTIONS[noun.name]!,
        querystring: suggestParameters(schemes),
        response: { 200: SuggestionsShape, ...problems(400) },
      },
      handler: async (request) => {
        const { text, limit } = asked(request, Object.keys(schemes));
        const scheme = noun === ClassificationField ? schemeOf(request.query as RawQuery) : undefined;
        return { data: await suggestReference(parts.database.reader, nameOf(noun), text, limit, scheme) };
      },
    });
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  organizations: "By official, short, English and former names, or by code; without regard to marks and order, one word may be misspelt.",
  localities: "By name or code; the hint names what is above it and the period. Units of today come before former ones.",
  fields: "By Vietnamese or English name, or by code; the hint names the classification and what is above it.",
};

const nameOf = (noun: Noun): Named => noun.name as Named;

function schemeOf(query: RawQuery): string | undefined {
  if (query["scheme"] === undefined) return undefined;
  const scheme = single("scheme", query["scheme"]);
  if (!(FIELD_SCHEMES as readonly string[]).includes(scheme))
    throw invalid({ parameter: "scheme" }, FIELD_SCHEMES.join(", "), FIELD_SCHEMES.join(", "));
  return scheme;
}

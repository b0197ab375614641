import type { Registering } from "../../http/nouns/nouns.ts";
import { contextOf } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { asked, suggestParameters, SuggestionsShape } from "../../reference/names/shapes.ts";
import { Person } from "../people/schema.ts";
import { refuseNumbers } from "../people/quick.ts";
import { suggestPeople } from "./queries.ts";

/** `GET /v1/people/suggest`: who may be meant by what is typed. */
export function suggestPeopleRoute({ app, parts }: Registering): void {
  app.get("/v1/people/suggest", {
    schema: {
      operationId: "suggestPeople",
      summary: "Suggest people",
      tags: [Person.name],
      description:
        "By name as far as it is typed, in any order, without regard to marks; one word may be misspelt, titles are left out. By code or ORCID.",
      querystring: suggestParameters(),
      response: { 200: SuggestionsShape, ...problems(400) },
    },
    handler: async (request) => {
      const { text, limit } = asked(request);
      refuseNumbers(text, { parameter: "q" });
      return { data: await suggestPeople(parts.database.reader, text, limit, contextOf(request, parts)) };
    },
  });
}

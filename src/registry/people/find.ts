import type { FastifyRequest } from "fastify";
import { readRecord } from "../../db/query/read.ts";
import { sourceOf } from "../../db/query/source.ts";
import { contextOf, idOf } from "../../http/nouns/parts.ts";
import type { Parts } from "../../http/nouns/parts.ts";

/** The id of the person in the path, if the actor may know of that person. @throws Problem `not-found`, `deleted` */
export async function requirePerson(parts: Parts, request: FastifyRequest): Promise<string> {
  const [id, context] = [idOf(request), contextOf(request, parts)];
  await readRecord(parts.database.reader, id, sourceOf(context, "people"), { members: new Set(["id"]), include: {} }, context);
  return id;
}

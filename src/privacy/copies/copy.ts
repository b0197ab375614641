import { Problem } from "../../core/problems.ts";
import { readRecord } from "../../db/query/read.ts";
import { WHOLE } from "../../db/query/selection.ts";
import type { Context } from "../../db/query/source.ts";
import { deliver } from "../../http/nouns/delivery.ts";
import type { Parts } from "../../http/nouns/parts.ts";
import { dataRequestSource } from "../data-requests/queries.ts";
import { ownNouns, readAccess, readNames, readOwn, readSteps, seeingAll } from "./queries.ts";
import type { Access, Json, Step } from "./queries.ts";

/** Everything that the registry holds about a person; `records` by the noun's table name, `names` of units and codes that stand in them. */
export type Copy = {
  made_at: string;
  request: Json;
  person: Json;
  records: Record<string, Json[]>;
  access: Access[];
  history: Step[];
  names: ReadonlyMap<string, string>;
};

/**
 * A person's own copy, for a request to view or copy that was approved. Who is given it is noted in the access log before it leaves.
 * @throws Problem `not-found`; `state-conflict` for any other request; `erased` once the person is
 */
export async function copyOf(parts: Parts, requestId: string, context: Context): Promise<Copy> {
  const { reader } = parts.database;
  const request = JSON.parse((await readRecord(reader, requestId, dataRequestSource, WHOLE, context)).body) as Json;
  refuseOthers(request);
  const [person, all] = [request["person_id"] as string, seeingAll(context)];
  const records: Record<string, Json[]> = {};
  for (const source of ownNouns(all)) {
    const texts = await deliver(parts.database, await readOwn(reader, source, person, all), source, WHOLE, all);
    records[source.noun.table] = texts.map((text) => JSON.parse(text) as Json);
  }
  const [self] = records["people"] ?? [];
  if (!self) throw new Problem("erased");
  delete records["people"];
  const [access, history] = [await readAccess(reader, person), await readSteps(reader, person)];
  const every = [self, ...Object.values(records).flat()];
  const names = await readNames(reader, every.flatMap(unitsIn), every.flatMap(codesIn));
  return { made_at: parts.clock().toISOString(), request, person: self, records, access, history, names };
}

function refuseOthers({ kind, state }: Json): void {
  if ((kind === "view" || kind === "copy") && (state === "approved" || state === "completed")) return;
  const detail = {
    vi: "Chỉ yêu cầu xem hoặc nhận bản sao đã được chấp nhận mới có bản sao.",
    en: "Only a request to view or copy that was approved has a copy.",
  };
  throw new Problem("state-conflict", { detail });
}

const unitsIn = ({ source }: Json): string[] => {
  const unit = (source as Json | null | undefined)?.["organization_id"];
  return typeof unit === "string" ? [unit] : [];
};

const codesIn = (record: Json): string[] =>
  Object.entries(record).flatMap(([member, value]) => {
    const scheme = record[`${member}_scheme`];
    return typeof value === "string" && typeof scheme === "string" ? [`${scheme} ${value}`] : [];
  });

import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { answer, included } from "../answering/answer.ts";
import type { Expected } from "../answering/answer.ts";
import { filterText, requestOf } from "./question.ts";
import type { Question } from "./question.ts";
import type { Row, World } from "../world/world.ts";

/** A service to be compared with the oracle, and tokens for it. */
export type Service = { app: FastifyInstance; token(claims: { org?: string[]; loc?: string[] }): Promise<string> };

/** Pages that are walked of one list; a population fits into them, all of a country's communes do not. */
const PAGES = 12;

/** Asks the service and the oracle; says what differs, undefined when nothing does. */
export function comparer({ app, token }: Service, world: World): (question: Question) => Promise<string | undefined> {
  const { port } = app.server.address() as AddressInfo;
  const tokens = new Map<string, Promise<string>>();
  const send = async (
    question: Question,
    path: string,
    body: Record<string, unknown> | undefined,
    tries = 5,
  ): Promise<{ status: number; body: Row }> => {
    const key = JSON.stringify(question.territory);
    if (!tokens.has(key)) tokens.set(key, token(question.territory));
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${await tokens.get(key)!}`,
        "access-purpose": "verification",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const said = (await response.json()) as Row;
    // A scan has a time budget and waits for its turn, which a busy machine may use up for other work.
    if ((said["code"] === "query-too-costly" || response.status === 503) && tries > 1) return send(question, path, body, tries - 1);
    return { status: response.status, body: said };
  };

  return async (question) => {
    const expected = answer(world, question);
    if (expected === null) {
      const said = await send(question, requestOf(question).path, undefined);
      return said.status === 404 ? undefined : `${said.status} where the person lies outside the territory`;
    }
    const { path, body } = requestOf(question);
    const found: Row[] = [];
    let [cursor, next, more] = [null as string | null, path, true];
    for (let page = 0; more && page < PAGES; page++) {
      const said = await send(question, next, body && { ...body, ...(cursor !== null && { cursor }) });
      if (said.status !== 200) return `${said.status} ${JSON.stringify(said.body["errors"] ?? said.body)}`;
      const { data, page: about, meta } = said.body as { data: Row[]; page: Row; meta: Row };
      found.push(...data);
      more = about["has_more"];
      if (more !== (about["cursor"] !== null)) return "has_more and cursor disagree";
      if (data.length !== (more ? question.limit : data.length))
        return `a page of ${data.length} where ${question.limit} were asked for and there are more`;
      const counted = (meta["count"]?.value ?? -1) as number;
      if (question.count && (counted < expected.sure.size || counted > expected.ids.length || (!more && counted !== found.length)))
        return `count ${counted}, not ${expected.sure.size} to ${expected.ids.length}, of which ${found.length} came`;
      [cursor, next] = [about["cursor"], about["next"] ?? path];
    }
    return (
      differing(
        question,
        expected,
        found.map(({ id }) => id as string),
        more,
      ) ?? shown(world, question, found)
    );
  };
}

/** What differs between the ids expected and those that came; `cut`: there were more to come. */
export function differing({ limit }: Question, { ids, sure, ranked, ranks }: Expected, got: string[], cut: boolean): string | undefined {
  const most = cut ? PAGES * limit : ids.length;
  // What a search for similar names may leave out is wanted where it was found.
  const wanted = ids.filter((id) => sure.has(id) || got.includes(id)).slice(0, most);
  const [missing, surplus] = [wanted.filter((id) => !got.includes(id)), got.filter((id) => !ids.includes(id))];
  const twice = got.filter((id, at) => got.indexOf(id) !== at);
  if (!ranked || !cut) {
    const lists = Object.entries({ missing, surplus, twice }).filter(([, list]) => list.length > 0);
    if (lists.length > 0) return lists.map(([name, list]) => `${name}: ${list.join(", ")}`).join("\n");
  }
  const rank = (at: number): number => ranks.get(got[at]!) ?? 0;
  const at = got.findIndex((id, i) => (ranked ? i > 0 && rank(i) < rank(i - 1) : id !== wanted[i]));
  if (at < 0) return undefined;
  return ranked ? `rank: ${got[at]} comes after ${got[at - 1]}` : `order: at ${at} expected ${wanted[at]}, got ${got[at]}`;
}

/** What the records show: the members asked for, and the ids of what they include. */
function shown(world: World, question: Question, records: Row[]): string | undefined {
  const { noun: name, fields, include = [] } = question;
  const noun = world.nouns[name]!;
  for (const record of records) {
    for (const member of include) {
      const [head = "", inner] = member.split(".");
      const wanted = included(world, question, record["id"], member);
      const got = [record[head] ?? []]
        .flat()
        .map((one: Row) => (inner === undefined ? one["id"] : `${one["id"]}>${one[inner]?.id ?? ""}`) as string);
      if (wanted.toSorted().join() !== got.toSorted().join())
        return `${record["id"]} includes as ${member}: ${got.join(", ")}, not ${wanted.join(", ")}`;
    }
    if (fields === undefined) continue;
    const wanted = ["id", ...fields, ...include.map((path) => path.split(".")[0]!)].flatMap((member) => {
      const kind = noun.fields[member]?.kind;
      return kind === "place" || kind === "unit"
        ? [member, `${member}_id`]
        : kind === "classification"
          ? [member, `${member}_scheme`]
          : [member];
    });
    const got = Object.keys(record).filter((key) => key !== "redacted" && key !== "more");
    if ([...new Set(wanted)].toSorted().join() !== got.toSorted().join())
      return `${record["id"]} shows ${got.join(", ")}, not ${wanted.join(", ")}`;
    const row = world.byId.get(record["id"])!;
    const kept = fields.filter((member) => AS_KEPT.has(noun.fields[member]?.kind ?? "") && noun.fields[member]!.stored && member in row);
    const other = kept.find((member) => JSON.stringify(record[member]) !== JSON.stringify(row[member]));
    if (other) return `${record["id"]} shows ${JSON.stringify(record[other])} as ${other}, not ${JSON.stringify(row[other])}`;
  }
  return undefined;
}

/** Kinds whose values an answer shows as the database has them. */
const AS_KEPT = new Set(["id", "text", "texts", "choice", "classification", "integer", "boolean", "day"]);

/** A question and what differs, for a person to read: the filter's text, and the records that it is about. */
export function report(world: World, question: Question, difference: string): string {
  const { path, body } = requestOf(question);
  const ids = [...new Set(difference.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [])].slice(0, 4);
  return [
    "",
    body ? `POST ${path} ${JSON.stringify(body)}` : `GET ${decodeURIComponent(path)}`,
    question.filter && `filter: ${filterText(question.filter)}`,
    Object.keys(question.territory).length > 0 && `territory: ${JSON.stringify(question.territory)}`,
    difference,
    ...ids.map((id) => record(world, id)),
  ]
    .filter(Boolean)
    .join("\n");
}

function record(world: World, id: string): string {
  const lines = [`  ${brief(world.byId.get(id) ?? {})}`];
  for (const [key, rows] of world.elements)
    if (key.endsWith(id)) lines.push(...rows.map((row) => `    ${key.split(" ")[0]} ${brief(row)}`));
  for (const unit of new Set(lines.join("\n").match(/(organization|locality|institution|person|parent)_id=[0-9a-f-]{36}/g) ?? [])) {
    const row = world.byId.get(unit.slice(-36));
    if (row)
      lines.push(
        `      ${unit}: ${row["name_full"] ?? row["full_name"] ?? row["code"]} ${row["valid_from"] ?? ""}..${row["valid_to"] ?? ""} locality=${world.byId.get(row["locality_id"])?.["full_name"]}`,
      );
  }
  return lines.join("\n");
}

const QUIET = new Set([
  "version",
  "created_at",
  "origin_person_id",
  "person_id",
  "name_folded",
  "import_id",
  "import_row",
  "citizen_id_sealed",
  "citizen_id_hash",
  "website",
]);
const brief = (row: Row): string =>
  Object.entries(row)
    .filter(([key, value]) => value !== null && !QUIET.has(key) && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" ");

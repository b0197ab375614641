import { Problem } from "../../core/problems.ts";
import type { Reader } from "../../db/pools.ts";
import { sourceOf } from "../../db/query/source.ts";
import type { Context } from "../../db/query/source.ts";
import { all, readableRows, writableRows } from "../../db/query/visible.ts";
import { join, literal, name, raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Facts } from "../people/commands.ts";
import type { Standing } from "./plan.ts";

type Run = <Row>(statement: Statement) => Promise<Row[]>;

/** People with the facts that a supplier stated of them, by id. */
export async function loadStanding(
  run: Run,
  ids: readonly string[],
  supplier: string | null,
  facts: Facts,
): Promise<Map<string, Standing>> {
  if (ids.length === 0) return new Map();
  const members = Object.entries(facts).map(
    ([member, { noun }]) => sql`${literal(member)}, (select coalesce(json_agg(to_jsonb(f)), '[]'::json) from ${name(noun.table)} f
      where f.person_id = p.id and f.hidden_at is null and f.source_organization_id is not distinct from ${supplier}::uuid)`,
  );
  const rows = await run<{ id: string; person: Row; facts: Record<string, Row[]> }>(
    sql`select p.id, to_jsonb(p) as person, json_build_object(${join(members, ", ")}) as facts from people p where p.id = any(${ids}::uuid[]) and p.hidden_at is null`,
  );
  for (const { facts: stated } of rows) for (const list of Object.values(stated)) list.sort(byId);
  return new Map(rows.map(({ id, person, facts: stated }) => [id, { person, facts: stated }]));
}

/** In the order in which they were stated. Not the statement's work: readers may not sort, and would walk the whole table in that order. */
const byId = (a: Row, b: Row): number => (String(a["id"]) < String(b["id"]) ? -1 : 1);

/** The id of the organization that has a code. */
export async function findOrganization(run: Run, code: string): Promise<string | null> {
  const [found] = await run<{ id: string }>(sql`select o.id from organizations o where o.code = ${code} and o.hidden_at is null`);
  return found?.id ?? null;
}

/** What a whole person is found by: an identifier, or the look-up hash of a citizen id. */
export type Held = { scheme: string; value: string } | { citizen_id_hash: Buffer };

/**
 * The id of the person who holds it, hidden or not, of those whom the actor may know of. Until the transaction ends nobody else gets an
 * answer: of two who create, the second finds what the first made.
 */
export async function findHolder(run: Run, held: Held, context: Context): Promise<string | null> {
  const byNumber = "citizen_id_hash" in held;
  const key = byNumber ? held.citizen_id_hash.toString("hex") : `${held.scheme} ${held.value}`;
  await run(sql`select pg_advisory_xact_lock(hashtextextended(${`holder ${key}`}, 0))`);
  const holds = byNumber
    ? sql`p.citizen_id_hash = ${held.citizen_id_hash}`
    : sql`p.id in (select i.person_id from person_identifiers i where i.scheme = ${held.scheme} and i.value = ${held.value} and i.hidden_at is null)`;
  const [found] = await run<{ id: string }>(
    sql`select p.id from people p where ${holds} and ${all(writableRows(sourceOf(context, "people"), raw("p"), { ...context, inTurn: true }))}`,
  );
  return found?.id ?? null;
}

/** The id of the person who has a citizen id, if the actor may know of that person. @throws Problem `not-found` */
export async function findByCitizenId(reader: Reader, hash: Buffer, context: Context): Promise<string> {
  const [found] = await reader.read<{ id: string }>(
    sql`select p.id from people p where p.citizen_id_hash = ${hash} and ${all(readableRows(sourceOf(context, "people"), raw("p"), { ...context, inTurn: true }))}`,
  );
  if (!found) throw new Problem("not-found");
  return found.id;
}

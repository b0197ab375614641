import { splitName } from "../../src/core/vietnamese/names.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { commands, FACTS, NAMES, PLACES, UNITS } from "./commands.ts";
import type { Body, Command, FactKind } from "./commands.ts";

/** A version of a record: when it was written, whether it was hidden, and what the oracle holds that it said. */
export type Version = { at: string; hidden: boolean; values: Body };
/** A record with all its versions, the first one first; `turn` is the command that made it. */
export type Past = { noun: string; id: string; person: string; turn: number; versions: Version[] };
/** A unit or place in short. */
export type Short = { id: string; code: string; name: string };

/** Everything that was ever known, in memory. */
export type World = {
  people: Past[];
  facts: Past[];
  units: Past[];
  places: ReadonlyMap<string, { short: Short; today: string | null }>;
  /** The place in which a unit stands. */
  placeOf: ReadonlyMap<string, string | null>;
};

/** Instants from which histories begin and at which they end: written in a minute, they are spread over these years. */
const SPREAD = { from: "2014-01-01T03:30:00Z", to: "2026-06-01T03:30:00Z" };

/** Lives a random history through the service, and remembers it. */
export async function liveThrough(registry: Registry, seed: number, count: number): Promise<World> {
  const world = await newWorld(registry);
  const scope = ["people:read", "people:write", "people:read.restricted", "reference:write"] as const;
  const clerk = registry.as({ scope, purpose: "data-entry" });
  const [{ last } = { last: "0" }] = await registry.sql<{ last: string }>("select max(id) as last from revisions");
  let turn = 0;
  for (const command of commands(seed, count)) await carryOut(command, { registry, clerk, world, turn: turn++ });
  await spread(registry, last);
  await date(registry, world);
  return world;
}

type Living = { registry: Registry; clerk: Agent; world: World; turn: number };

async function carryOut(command: Command, living: Living): Promise<void> {
  const { clerk, world, registry, turn } = living;
  switch (command.is) {
    case "create": {
      const body = { name: { full: NAMES[0] }, ...resolved(command.body, world, turn) };
      const facts = Object.groupBy(command.facts, ({ kind }) => kind);
      const nested = Object.fromEntries(FACTS.map((kind) => [kind, (facts[kind] ?? []).map((one) => resolved(one.body, world, turn))]));
      const made = await clerk.post("/v1/people?on_duplicate=create", { ...body, ...nested });
      if (made.status !== 201) return;
      begin(world.people, { noun: "people", id: made.body.id, person: made.body.id, turn, values: body });
      for (const kind of FACTS) remember(world, kind, nested[kind]!, made.body[kind], made.body.id, turn);
      return;
    }
    case "change": {
      const past = pick(some(world.people, false), command.person);
      const patch = resolved(command.patch, world, turn);
      const done = past && (await clerk.patch(`/v1/people/${past.id}`, patch, past.versions.length));
      if (done?.status === 200) change(past!, patch);
      return;
    }
    case "hide":
    case "restore":
      return conceal(clerk, pick(some(world.people, command.is !== "hide"), command.person), command.is === "hide");
    case "add": {
      const past = pick(some(world.people, false), command.person);
      const body = resolved(command.body, world, turn);
      const made = past && (await clerk.post(`/v1/people/${past.id}/${command.kind.replace("_", "-")}`, body));
      if (made?.status === 201) begin(world.facts, { noun: command.kind, id: made.body.id, person: past!.id, turn, values: body });
      return;
    }
    case "amend": {
      const past = pick(some(standing(world), false), command.fact);
      const patch = resolved(command.patch, world, turn);
      if (past?.noun !== "affiliations") delete patch["post"];
      if (past && !["awards", "academic_titles"].includes(past.noun)) delete patch["year"];
      const done = past && (await clerk.patch(pathOf(past), patch, past.versions.length));
      if (done?.status === 200) change(past!, patch);
      return;
    }
    case "hide fact":
    case "restore fact":
      return conceal(clerk, pick(some(standing(world), command.is !== "hide fact"), command.fact), command.is === "hide fact");
    case "rename": {
      const unit = world.units[command.unit]!;
      const done = await clerk.patch(pathOf(unit), { name: command.name }, unit.versions.length);
      if (done.status === 200) change(unit, { name: command.name });
      return;
    }
    case "type": {
      const all = [...world.people, ...world.facts].filter(({ noun }) => noun === command.table);
      const some = all.filter((_, n) => n % command.every === 0);
      await registry.sql(`begin; select set_config('trithuc.actor', 'dba', true);
        update ${command.table} set ${command.column} = '${command.value}' where id in (${["null", ...some.map(({ id }) => `'${id}'`)].join(", ")}); commit`);
      for (const past of some) change(past, { [command.column]: command.value });
    }
  }
}

async function conceal(clerk: Agent, past: Past | undefined, hide: boolean): Promise<void> {
  if (!past) return;
  const path = pathOf(past);
  const done = hide ? await clerk.delete(path, past.versions.length) : await clerk.post(`${path}/restorations`);
  if (done.status < 300) past.versions.push({ ...past.versions.at(-1)!, hidden: hide });
}

/** Where a record is read. */
export const pathOf = ({ noun, id }: Pick<Past, "noun" | "id">): string => `/v1/${noun.replace("_", "-")}/${id}`;

/** Records that are hidden, or those that are not. */
const some = (list: readonly Past[], hidden: boolean): Past[] => list.filter(({ versions }) => versions.at(-1)!.hidden === hidden);

/** Facts whose person is not hidden. */
const standing = ({ facts, people }: World): Past[] =>
  facts.filter(({ person }) => !people.find(({ id }) => id === person)!.versions.at(-1)!.hidden);

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)];

function begin(list: Past[], { values, ...past }: Omit<Past, "versions"> & { values: Body }): void {
  const empty = past.noun === "people" ? {} : { verification: "declared" };
  const version = { at: "", hidden: false, values: {} };
  const made: Past = { ...past, versions: [version] };
  version.values = merged(empty, values);
  list.push(made);
}

/** A patch of members; one that changes nothing makes no version. */
function change(past: Past, patch: Body): void {
  const last = past.versions.at(-1)!;
  const values = merged(last.values, patch);
  if (JSON.stringify(values) !== JSON.stringify(last.values)) past.versions.push({ ...last, values });
}

/** RFC 7396 on the members that histories have; keys in one order, without those that have no value. */
function merged(before: Body, patch: Body): Body {
  const entries = Object.entries({ ...before, ...patch }).map(([key, value]): [string, unknown] => {
    if (key === "name" && patch["name"]?.full !== undefined) return [key, { ...splitName(patch["name"].full) }];
    if (key === "source" && patch["source"])
      return [key, { organization_id: null, received_on: null, document: null, ...before["source"], ...patch["source"] }];
    return [key, value];
  });
  const standing = entries.filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(standing.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A body with ids in the place of numbers, and identifiers that are nobody else's. */
function resolved(body: Body, world: World, turn: number): Body {
  const id = (key: string, value: { number: number } | null) =>
    value === null
      ? null
      : key.endsWith("locality_id")
        ? [...world.places.keys()][value.number % world.places.size]!
        : world.units[value.number]!.id;
  const entries = Object.entries(body).map(([key, value]) => {
    if (key === "identifiers") return [key, (value as string[]).map((scheme) => ({ scheme, value: `${scheme}-${turn}` }))];
    if (key === "source" && value) return [key, { ...value, organization_id: id("organization_id", value.organization_id) }];
    return [key, key.endsWith("_id") && key !== "citizen_id" ? id(key, value) : value];
  });
  return Object.fromEntries(entries);
}

/** Facts that came with their person: the answer names them in an order of its own, in which equal ones are alike. */
function remember(world: World, kind: FactKind, sent: Body[], came: Body[], person: string, turn: number): void {
  const left = [...came];
  for (const body of sent) {
    const at = left.findIndex((one) =>
      Object.entries(body).every(([key, value]) => JSON.stringify(one[key] ?? null) === JSON.stringify(value ?? null)),
    );
    begin(world.facts, { noun: kind, id: left.splice(Math.max(0, at), 1)[0]!["id"], person, turn, values: body });
  }
}

async function newWorld({ sql }: Registry): Promise<World> {
  const units = await sql<Short & { place: string | null; version: number }>(
    "select id, code, name, locality_id as place, version from organizations where code = any($1)",
    UNITS,
  );
  const places = await sql<Short & { today: string | null }>(
    `(select id, code, name, today_id as today from localities where kind = 'commune' and valid_to is null order by id limit $1)
      union all (select id, code, name, today_id from localities where kind = 'commune' and valid_to is not null order by today_id is not null, id limit $1)`,
    PLACES,
  );
  const ordered = UNITS.map((code) => units.find((unit) => unit.code === code)!);
  return {
    people: [],
    facts: [],
    units: ordered.map(({ id, code, name, version }) => {
      // The load of the reference data wrote it, perhaps in steps.
      const versions = Array.from({ length: version }, () => ({ at: "", hidden: false, values: { code, name } }));
      return { noun: "organizations", id, person: "", turn: -1, versions };
    }),
    places: new Map(places.map(({ today, ...short }) => [short.id, { short, today }])),
    placeOf: new Map(units.map(({ id, place }) => [id, place])),
  };
}

/** Dates what was just written over years, in the order in which it was written; what stood before, before that. */
async function spread({ sql }: Registry, last: string): Promise<void> {
  await sql("update revisions set recorded_at = timestamptz '2010-01-01Z' + id * interval '1 microsecond' where id <= $1", last);
  await sql(
    `update revisions r set recorded_at = $2::timestamptz + x.part * ($3::timestamptz - $2::timestamptz)
      from (select id, row_number() over (order by id)::double precision / count(*) over () as part from revisions where id > $1) x where x.id = r.id`,
    last,
    SPREAD.from,
    SPREAD.to,
  );
}

/** Takes over when the database wrote each version. Throws where it has other versions than the oracle. */
async function date({ sql }: Registry, { people, facts, units }: World): Promise<void> {
  const rows = await sql<{ id: string; at: string[] }>(
    `select record_id as id, array_agg(to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') order by version) as at
      from revisions where noun in ('people', 'degrees', 'academic_titles', 'affiliations', 'expertise', 'awards', 'organizations') group by record_id`,
  );
  const written = new Map(rows.map(({ id, at }) => [id, at]));
  for (const past of [...people, ...facts, ...units]) {
    const at = written.get(past.id) ?? [];
    if (at.length !== past.versions.length)
      throw new Error(`${past.noun} ${past.id} has ${at.length} versions, not ${past.versions.length}`);
    past.versions = past.versions.map((version, n) => ({ ...version, at: at[n]! }));
  }
}

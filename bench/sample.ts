import { draw, randomOf, TYPOS } from "../test/registry/misspell.ts";
import type { Question } from "../test/registry/misspell.ts";
import type { Sql } from "./population.ts";

/** A person under both ids. */
export type Pair = { uid: string; id: string };
/** A question of the list, in the words of both sides. */
export type Listed = { place: string; field: string; level: string; communeId: number; fieldId: number; levelId: number };
/** What is asked about a population; the same seed gives the same questions. */
export type Sample = {
  people: Pair[];
  lists: Listed[];
  names: string[];
  questions: Question[];
  units: { uid: string; id: number }[];
  random: () => number;
};

const SEED = 20_261_123;
const PEOPLE = 5_000;
const LISTS = 500;
const QUESTIONS = 400;

/** Draws what is asked: people at random, lists as people live and work, names as often as they are borne. */
export async function drawSample(sql: Sql): Promise<Sample> {
  const random = randomOf(SEED);
  await sql("select setseed(0.42)");
  // Only whom the token's territory reaches: others answer 404, which is another work.
  const people = await sql<Pair>(
    `select i.uid, i.id::text from hand.ids i where exists (select from trithuc.person_reach r join trithuc.localities l on l.id = r.node_id
      where r.person_id = i.uid and l.code = '24' and l.valid_to is null and r.from_day <= current_date and r.until_day >= current_date)
      and i.id = any(array(select (1 + floor(random() * (select max(id) from hand.ids)))::bigint from generate_series(1, ${2 * PEOPLE}))) limit ${PEOPLE}`,
  );
  const lists = await sql<Listed>(
    `select distinct p.residence_locality_id as place, e.field, d.level, c.id as "communeId", f.id as "fieldId", v.id as "levelId"
      from (select uid from hand.ids order by random() limit ${3 * LISTS}) i join trithuc.people p on p.id = i.uid
        join trithuc.expertise e on e.person_id = p.id and e.hidden_at is null join trithuc.degrees d on d.person_id = p.id and d.hidden_at is null
        join hand.communes c on c.uid = p.residence_locality_id join hand.levels v on v.code = d.level
        join (select distinct on (code) id, code from hand.fields where scheme = 'rd' order by code, id desc) f on f.code = e.field limit ${LISTS}`,
  );
  const named = await sql<{ name: string }>(
    "select name_full as name from trithuc.people where hidden_at is null order by random() limit 20000",
  );
  const names = named.map(({ name }) => name);
  // Whoever is created there stands in the token's territory, wherever he lives: elsewhere the answer is 403.
  const units = await sql<{ uid: string; id: number }>(
    `select h.uid, h.id from hand.organisations h where exists (select from trithuc.organizations o join trithuc.locality_tree t on t.locality_id = o.locality_id
      join trithuc.localities l on l.id = t.ancestor_id where o.id = h.uid and l.code = '24' and l.valid_to is null) order by random() limit 500`,
  );
  const typed = draw(names, QUESTIONS * 3, SEED).filter(({ kind }) => TYPOS.includes(kind));
  return { people: shuffled(people, random), lists: shuffled(lists, random), names, questions: typed.slice(0, QUESTIONS), units, random };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

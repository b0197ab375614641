import { canaryOf } from "../../privacy/office.ts";
import type { Registry } from "../../setup/registry.ts";

/** Somebody of the world, with what hangs on the person by noun; `word` stands in every text of theirs that nobody else may read. */
export type Somebody = { id: string; code: string; word: string; ids: Record<string, string> };

/**
 * A registry as a stranger meets it: `inside` the people of another province and its university, whom a token of there may see; `outside`
 * those of this province; of whom `listed` stand in the directory and `hidden` were deleted. An import of an office with its row.
 */
export type World = { inside: Somebody[]; outside: Somebody[]; listed: Somebody[]; hidden: Somebody[]; units: Record<string, string> };

/** The claims of who sees the people inside, and nobody else. */
export const ELSEWHERE = { loc: ["01"] } as const;
export const UNIVERSITY = { org: ["UNI-BKA"] } as const;

const FACTS = ["degrees", "academic_titles", "affiliations", "expertise", "awards"];

/** Fills a registry; the word of a listed person stands only where the directory does not reach. */
export async function peopled(registry: Registry): Promise<World> {
  const units = Object.fromEntries(
    (await registry.sql<{ code: string; id: string }>("select code, id from organizations")).map(({ code, id }) => [code, id]),
  );
  const [home, there] = await Promise.all(["24", "01"].map((code) => communeOf(registry, code)));
  const officer = registry.as({ scope: ["privacy"], subject: "officer-1" });
  let n = 0;
  const make = async (unit: string, place: string, open = ""): Promise<Somebody> => {
    const word = canaryOf((n += 1));
    const said = open || word;
    const { body, status, text } = await registry.admin.post(`/v1/people?reason=${word}`, {
      name: { full: `Vương Thị ${said}` },
      other_names: [{ kind: "pen_name", full: `Bà ${word}` }],
      birth_date: `19${60 + n}-02-03`,
      gender: "female",
      citizen_id: `0241700${String(n).padStart(5, "0")}`,
      phones: [`+8491${String(1_000_000 + n)}`],
      emails: [`${word.toLowerCase()}@example.vn`],
      residence_text: `số 1 phố ${word}`,
      residence_locality_id: place,
      biography: `Bà ${said} nghiên cứu.`,
      keywords: [said],
      identifiers: [{ scheme: "scopus", value: `${said}77` }],
      degrees: [{ level: "TS", training_field: "4801", major_text: said, certificate_no: word, verification_evidence: word }],
      academic_titles: [{ title: "GS", year: 2001, decision: word }],
      affiliations: [{ kind: "employment", organization_id: unit, post: said, ended: false, grade: null }],
      expertise: [{ field: "102", role: "main", field_text: said }],
      awards: [{ award: "TTUT", decision: word }],
    });
    if (status !== 201) throw new Error(text);
    const ids = Object.fromEntries(FACTS.map((fact) => [fact.replace("_", "-"), body[fact][0].id as string]));
    await registry.admin.patch(`/v1/people/${body.id}?reason=${word}`, { old_id_number: `1212${String(n).padStart(5, "0")}` }, 1);
    const given = { purpose: open ? "directory" : "storage", wording: open ? "directory-1" : "storage-1", method: "written" };
    const consent = await officer.post(`/v1/people/${body.id}/consents`, { ...given, given_at: "2026-01-05T02:00:00Z", evidence: word });
    const asked = await officer.post(`/v1/people/${body.id}/data-requests`, { kind: "copy", channel: "written", statement: word });
    if (consent.status !== 201 || asked.status !== 201) throw new Error(`${consent.text} ${asked.text}`);
    return {
      id: body.id,
      code: body.code,
      word,
      ids: { ...ids, people: body.id, consents: consent.body.id, "data-requests": asked.body.id },
    };
  };
  const many = async (count: number, one: (i: number) => Promise<Somebody>): Promise<Somebody[]> => {
    const made = [];
    for (let i = 0; i < count; i++) made.push(await one(i));
    return made;
  };
  const world: World = {
    units,
    // First those outside, so that they come first where ids decide.
    outside: await many(6, (i) => make(units[i % 2 === 0 ? "SYT" : "SKHCN"]!, home!)),
    listed: await many(2, (i) => make(units["SYT"]!, home!, `Danhba${"xyz"[i]}`)),
    inside: await many(5, () => make(units["UNI-BKA"]!, there!)),
    hidden: await many(2, () => make(units["SYT"]!, home!)),
  };
  for (const { id } of world.hidden) await registry.admin.delete(`/v1/people/${id}`, 2);
  await registry.sql(
    `insert into access_log (id, person_id, operation, fields, purpose, client, actor, request_id)
       select gen_random_uuid(), id, 'getPerson', '{phones}', 'advice', case when id = any($1::uuid[]) then 'client' else 'Zqclient' end, 'x', 'x' from people`,
    world.inside.map(({ id }) => id),
  );
  return world;
}

const communeOf = async (registry: Registry, province: string): Promise<string> =>
  (
    await registry.sql<{ id: string }>(
      `select id from localities where kind = 'commune' and valid_to is null
         and parent_id = (select id from localities where code = $1 and valid_to is null) order by code limit 1`,
      province,
    )
  )[0]!.id;

// A copy of the registry's people and their facts, kept up to date: an example to begin from, in plain Node (24 or later).
//
//   TRITHUC=http://127.0.0.1:8371 TOKEN=... node docs/follow.mjs copy.db
//
// The token needs changes:read, people:read and exports. What matters: the position is kept in the same transaction as what was made of
// the page before it. A process that is killed goes on from there, and does again at most what it had not kept.
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

const { TRITHUC: registry = "http://127.0.0.1:8371", TOKEN: token = "" } = process.env;
const headers = { authorization: `Bearer ${token}` };
const FACTS = ["degrees", "academic-titles", "affiliations", "expertise", "awards"];
const NOUNS = { person: "people", degree: "degrees", academic_title: "academic-titles", affiliation: "affiliations", expertise: "expertise", award: "awards" };

const copy = new DatabaseSync(process.argv[2] ?? "copy.db");
copy.exec(`create table if not exists records (noun text, id text, person_id text, body text, primary key (noun, id));
  create index if not exists records_of_a_person on records (person_id);
  create table if not exists place (only integer primary key check (only = 1), position text)`);
const put = copy.prepare("insert or replace into records values (?, ?, ?, ?)");
const remove = copy.prepare("delete from records where noun = ? and id = ?");
const removeFacts = copy.prepare("delete from records where person_id = ?");
const remember = copy.prepare("insert or replace into place values (1, ?)");
const position = () => String(copy.prepare("select position from place").get()?.position ?? "");

/** All of it or nothing, position included. */
function transaction(work) {
  copy.exec("begin immediate");
  try {
    work();
    copy.exec("commit");
  } catch (error) {
    copy.exec("rollback");
    throw error;
  }
}

/** Asks until there is an answer that says something: a service that is away or busy is asked again. */
async function get(path) {
  for (;;) {
    const answer = await fetch(registry + path, { headers }).catch(() => undefined);
    if (answer && answer.status < 500 && answer.status !== 429) return answer;
    await pause(1000 * Number(answer?.headers.get("retry-after") ?? 1));
  }
}

async function read(path) {
  const answer = await get(path);
  if (answer.ok) return answer.json();
  if (answer.status === 404 || answer.status === 410) return undefined;
  throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Everything, by the exports; to follow from the position of the first, because it is the oldest. */
async function begin() {
  const exported = [];
  for (const noun of ["people", ...FACTS]) exported.push([noun, await exportOf(noun)]);
  transaction(() => {
    copy.exec("delete from records");
    for (const [noun, { records }] of exported) for (const record of records) keep(noun, record);
    remember.run(exported[0][1].position);
  });
}

/** The records of an export, if it came whole: its last line says so. */
async function exportOf(noun) {
  for (;;) {
    const answer = await get(`/v1/${noun}/export?include=`);
    if (!answer.ok) throw new Error(`export of ${noun}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text().catch(() => "");
    const at = text.lastIndexOf("\n", text.length - 2) + 1;
    const end = text.endsWith("\n") ? JSON.parse(text.slice(at)) : {};
    if (end.end === true && end.sha256 === createHash("sha256").update(text.slice(0, at)).digest("hex")) {
      return { records: text.slice(0, at).split("\n").filter(Boolean).map((line) => JSON.parse(line)), position: end.position };
    }
  }
}

function keep(noun, record) {
  delete record.redacted; // what the token does not open
  put.run(noun, record.id, record.person_id ?? null, JSON.stringify(record));
}

/** What an event asks for: nothing is read here but the present record, so that an event that comes twice does no harm. */
async function changesOf({ type, subject: id }) {
  const [singular, what] = type.split(".");
  const noun = NOUNS[singular];
  if (noun === undefined) return [];
  const gone = [() => remove.run(noun, id), ...(noun === "people" ? [() => removeFacts.run(id)] : [])];
  if (["deleted", "erased", "left"].includes(what)) return gone;
  const record = await read(`/v1/${noun}/${id}`);
  if (record === undefined) return gone;
  const changes = [() => keep(noun, record)];
  // Who enters the territory or is restored comes with all facts, which were not told of meanwhile.
  if (noun === "people" && (what === "entered" || what === "restored")) {
    for (const fact of FACTS) {
      for (let path = `/v1/people/${id}/${fact}?limit=500`; path; ) {
        const page = await read(path);
        changes.push(...(page?.data ?? []).map((one) => () => keep(fact, one)));
        path = page?.page.next;
      }
    }
  }
  return changes;
}

async function follow() {
  const answer = await get(`/v1/changes?after=${position()}&limit=100&wait=25&noun=${Object.values(NOUNS).join(",")}`);
  if (answer.status === 410) return begin(); // the position has expired, or the database was recovered: anew
  if (!answer.ok) throw new Error(`changes: ${answer.status} ${await answer.text()}`);
  const page = await answer.json();
  const changes = [];
  for (const event of page.data) changes.push(...(await changesOf(event)));
  transaction(() => {
    for (const change of changes) change();
    remember.run(page.position);
  });
}

if (position() === "") await begin();
for (;;) await follow();

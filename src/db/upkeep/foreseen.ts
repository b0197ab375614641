import type { Client } from "pg";
import type { Bilingual } from "../../core/problems.ts";
import { isBare, statementsOf } from "./applying.ts";
import { withPending } from "./migrations.ts";

/** What one statement of a pending migration will do to a table that stands: the lock, how large the table is, and who waits. */
export type Step = { statement: string; lock: string; table: string; size: string; meaning: Bilingual };
/** A pending migration, statement by statement; functions, rights and what concerns tables made in the same run are left out. */
export type Foreseen = { name: string; bare: boolean; steps: Step[] };

/** What `migrate up` would do now. Reads the statements' first words, not their meaning: a hint, and where it cannot tell it says so. */
export function foreseen(ownerUrl: string, folder?: string): Promise<Foreseen[]> {
  return withPending(
    ownerUrl,
    async (client, pending) => {
      const sizes = await sizesOf(client);
      return pending.map((file) => ({
        name: file.name,
        bare: isBare(file),
        steps: statementsOf(file)
          .flatMap(singles)
          .flatMap((text) => stepOf(text, sizes)),
      }));
    },
    folder,
  );
}

type Kind = { pattern: RegExp; lock: string; meaning: Bilingual };

const MOMENT = { vi: "mọi người khác đợi, trong khoảnh khắc", en: "everybody else waits, for a moment" };
const LONG = {
  vi: "mọi người khác đợi khi cả bảng được đọc hoặc ghi lại",
  en: "everybody else waits while the whole table is read or written anew",
};
const WRITERS = { vi: "người ghi đợi khi cả bảng được đọc", en: "writers wait while the whole table is read" };
const NOBODY = { vi: "không ai phải đợi; đọc cả bảng", en: "nobody waits; the whole table is read" };
const SHORT = { vi: "người ghi đợi, trong khoảnh khắc", en: "writers wait, for a moment" };
const ROWS = { vi: "chỉ ai ghi cùng những dòng này phải đợi", en: "only writers of the same rows wait" };
const READ = { vi: "chạy mã: hãy đọc nó", en: "runs code: read it" };

const NAME = `(?:if (?:not )?exists )?(?:only )?"?(?<table>\\w+)"?`;
/** The first that fits, of statements in lower case and single spaces. Locks as the manual of PostgreSQL 18, 13.3, names them. */
const KINDS: readonly Kind[] = [
  { pattern: /^create (unlogged )?table/, lock: "", meaning: NOBODY },
  { pattern: /^create (unique )?index concurrently.* on (only )?"?(?<table>\w+)/, lock: "SHARE UPDATE EXCLUSIVE", meaning: NOBODY },
  { pattern: /^create (unique )?index.* on (only )?"?(?<table>\w+)/, lock: "SHARE", meaning: WRITERS },
  { pattern: new RegExp(`^alter table ${NAME} validate constraint`), lock: "SHARE UPDATE EXCLUSIVE", meaning: NOBODY },
  { pattern: new RegExp(`^alter table ${NAME} add constraint .*foreign key.* not valid$`), lock: "SHARE ROW EXCLUSIVE", meaning: SHORT },
  { pattern: new RegExp(`^alter table ${NAME} add constraint .*foreign key`), lock: "SHARE ROW EXCLUSIVE", meaning: WRITERS },
  { pattern: new RegExp(`^alter table ${NAME} add constraint .*( not valid$| using index )`), lock: "ACCESS EXCLUSIVE", meaning: MOMENT },
  {
    pattern: new RegExp(
      `^alter table ${NAME} .*(add constraint|primary key|unique|check \\(|set not null|alter column .* type|set data type|generated|identity|default \\w+\\()`,
    ),
    lock: "ACCESS EXCLUSIVE",
    meaning: LONG,
  },
  { pattern: new RegExp(`^alter table ${NAME}`), lock: "ACCESS EXCLUSIVE", meaning: MOMENT },
  { pattern: /^create (or replace )?(constraint )?trigger .* on "?(?<table>\w+)/, lock: "SHARE ROW EXCLUSIVE", meaning: SHORT },
  { pattern: /^drop trigger .* on "?(?<table>\w+)/, lock: "ACCESS EXCLUSIVE", meaning: MOMENT },
  { pattern: /^drop index concurrently/, lock: "", meaning: NOBODY },
  { pattern: new RegExp(`^(drop table|drop index|truncate( table)?) ${NAME}`), lock: "ACCESS EXCLUSIVE", meaning: MOMENT },
  { pattern: new RegExp(`^(insert into|update|delete from) ${NAME}`), lock: "ROW EXCLUSIVE", meaning: ROWS },
  {
    pattern: /^(create (or replace )?(function|type|view)|grant|revoke|comment|set|alter function|drop function)\b/,
    lock: "",
    meaning: NOBODY,
  },
];

function stepOf(text: string, sizes: ReadonlyMap<string, string>): Step[] {
  const plain = text.toLowerCase();
  const found = KINDS.map((kind) => ({ kind, match: kind.pattern.exec(plain) })).find(({ match }) => match !== null);
  const statement = text.length > 110 ? `${text.slice(0, 109)}…` : text;
  if (!found) return [{ statement, lock: "", table: "", size: "", meaning: READ }];
  const table = found.match?.groups?.["table"] ?? "";
  const size = sizes.get(table);
  return size === undefined ? [] : [{ statement, lock: found.kind.lock, table, size, meaning: found.kind.meaning }];
}

/** The single statements of a text without comments, in single spaces; the bodies of functions are left out. */
function singles(text: string): string[] {
  const bare = text.replaceAll(/--.*$/gm, " ").replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "$…$");
  return bare
    .split(";")
    .map((one) => one.replaceAll(/\s+/g, " ").trim())
    .filter(Boolean);
}

async function sizesOf(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; size: string }>(
    `select relname as name, greatest(reltuples, 0)::bigint || ' rows, ' || pg_size_pretty(pg_total_relation_size(oid)) as size
     from pg_class where relkind in ('r', 'p', 'i') and relnamespace = to_regnamespace(current_schema()::text)`,
  );
  return new Map(rows.map(({ name, size }) => [name, size]));
}

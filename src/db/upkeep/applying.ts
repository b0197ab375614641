import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { StartError } from "../start-error.ts";
import type { Migration } from "./migrations.ts";

const LOCK = 7_204_372;
const TURN_MS = 200;
const TURNS = 3_000;
/** Shorter than what a request waits for a lock (2 s): while one waits for a table, whoever comes after waits behind it. */
const LOCK_MS = 1_500;
const TRIES = 20;
const BREAKPOINT = "--> statement-breakpoint";
const UNDER_WAY = "under way: ";

/**
 * Waits until no other process migrates this database; the turn ends with the connection.
 * Asked again and again, not waited for in the database: there a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY
 * of the one whose turn it is waits for every snapshot.
 * @throws StartError when the other one takes longer than ten minutes
 */
export async function takeTurn(client: Client): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [LOCK]);
    if (rows[0]!.got) return;
    await delay(TURN_MS);
  }
  throw new StartError({
    vi: "Một tiến trình khác đang di trú cơ sở dữ liệu này hơn mười phút: hãy đợi nó xong.",
    en: "Another process has been migrating this database for more than ten minutes: wait for it to end.",
  });
}

/** Whether a file runs statement by statement, outside a transaction. */
export const isBare = ({ text }: Migration): boolean => text.startsWith("-- no-transaction");

/** The statements of a file, as they are sent. */
export const statementsOf = ({ text }: Migration): string[] => text.split(BREAKPOINT).filter((one) => one.trim() !== "");

/** The migration of which some statements have run and which never came to its end, if there is one. */
export async function interruptedIn(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ note: string | null }>("select obj_description(to_regclass('migrations')) as note");
  return rows[0]?.note?.startsWith(UNDER_WAY) ? rows[0].note.slice(UNDER_WAY.length) : undefined;
}

/** Applies one file and records it, both or neither; one without a transaction is recorded after its last statement. @throws StartError */
export async function apply(client: Client, file: Migration): Promise<void> {
  await (isBare(file) ? applyBare(client, file) : patiently(client, () => applyWhole(client, file), file.name));
}

async function applyWhole(client: Client, file: Migration): Promise<void> {
  await client.query(`begin; set local lock_timeout = ${LOCK_MS}`);
  let at = 0;
  try {
    for (const statement of statementsOf(file)) {
      at += 1;
      await client.query(statement);
    }
    await record(client, file);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw failed(file, at, error);
  }
}

/**
 * For what Postgres does not do in a transaction (CREATE INDEX CONCURRENTLY, work in batches). Broken off, it is run again from its
 * first statement: each must bear being repeated.
 */
async function applyBare(client: Client, file: Migration): Promise<void> {
  await client.query(`comment on table migrations is ${client.escapeLiteral(`${UNDER_WAY}${file.name}`)}`);
  for (const [i, statement] of statementsOf(file).entries()) {
    // Those wait for other transactions by design, and hold nobody up meanwhile.
    await client.query(`set lock_timeout = ${/\bconcurrently\b/i.test(statement) ? 0 : LOCK_MS}`);
    const run = () =>
      client.query(statement).catch((error: unknown) => {
        throw failed(file, i + 1, error);
      });
    await patiently(client, run, file.name);
  }
  await refuseInvalid(client, file);
  await client.query("begin");
  await record(client, file);
  await client.query("comment on table migrations is null; commit");
}

const record = (client: Client, { name, hash }: Migration) =>
  client.query("insert into migrations (name, hash) values ($1, $2)", [name, hash]);

/** An index whose concurrent making was broken off stands there invalid, and IF NOT EXISTS takes it for made. */
async function refuseInvalid(client: Client, { name }: Migration): Promise<void> {
  const { rows } = await client.query<{ index: string }>(
    "select c.relname as index from pg_index i join pg_class c on c.oid = i.indexrelid where not i.indisvalid and c.relnamespace = current_schema()::regnamespace",
  );
  if (rows.length === 0) return;
  const { index } = rows[0]!;
  throw new StartError({
    vi: `Bản di trú ${name}: chỉ mục ${index} còn dở dang: hãy chạy “DROP INDEX CONCURRENTLY ${index}” rồi “trithuc migrate up” lần nữa.`,
    en: `Migration ${name}: the index ${index} was left half made: run "DROP INDEX CONCURRENTLY ${index}", then "trithuc migrate up" again.`,
  });
}

/** Tries again while a table is in use: never waiting so long that requests behind it give up. */
async function patiently(client: Client, work: () => Promise<unknown>, name: string): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      return void (await work());
    } catch (error) {
      if ((((error as Error).cause ?? error) as { code?: string }).code !== "55P03") throw error;
      await delay(LOCK_MS / 3);
    }
  }
  throw new StartError({
    vi: `Bản di trú ${name}: một bảng cần dùng luôn bận (đã thử ${TRIES} lần): hãy chạy lại khi ít người ghi, hoặc dừng giao dịch đang giữ bảng.`,
    en: `Migration ${name}: a table that it needs was always in use (tried ${TRIES} times): run again when less is written, or end the transaction that holds it.`,
  });
}

/** What the server said is shown where it speaks of the statement; of a row it may quote what the row holds. */
function failed(file: Migration, at: number, cause: unknown): Error {
  const {
    severity,
    code = "",
    message,
    table,
    constraint,
  } = cause as Error & Partial<Record<"severity" | "code" | "table" | "constraint", string>>;
  if (severity === undefined) return cause as Error; // the connection went, which the caller knows how to say
  const said = /^(0A|42|5[357])/.test(code) ? message : [table, constraint].filter(Boolean).join(", ");
  const where = `${at}/${statementsOf(file).length}: ${[code, said].filter(Boolean).join(" ")}`;
  const stands = isBare(file)
    ? {
        vi: "các câu lệnh trước đó vẫn còn, chạy lại sẽ làm lại từ đầu tệp",
        en: "those before it stand, and running again begins with the first",
      }
    : { vi: "không có gì của nó được giữ lại", en: "nothing of it stands" };
  return new StartError(
    {
      vi: `Bản di trú ${file.name} không chạy được ở câu lệnh ${where}; ${stands.vi}.`,
      en: `Migration ${file.name} failed at statement ${where}; ${stands.en}.`,
    },
    cause,
  );
}

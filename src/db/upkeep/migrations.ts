import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Bilingual } from "../../core/problems.ts";
import { apply, interruptedIn, takeTurn } from "./applying.ts";
import { prepareJobs } from "./jobs.ts";
import type { Reader } from "../pools.ts";
import { SERVICE } from "./roles.ts";
import { SCHEMA } from "../schema.ts";
import { sql } from "../statement.ts";
import { StartError } from "../start-error.ts";
import { insertEvents } from "../write/audit-events.ts";

/** A file of `migrations/`, with the hash by which an edit after the fact is noticed. */
export type Migration = { name: string; text: string; hash: string };
/** What stands in the database against what stands in the folder; `interrupted` is a pending one of which some statements have run. */
export type MigrationStatus = { applied: string[]; pending: string[]; edited: string[]; unknown: string[]; interrupted?: string };

const FOLDER = join(import.meta.dirname, "../../../migrations");

/** The migrations of this version of the code, in their order. */
export function migrations(folder = FOLDER): Migration[] {
  const names = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  return names.sort().map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return { name: file.slice(0, -4), text, hash: createHash("sha256").update(text).digest("hex") };
  });
}

/**
 * Applies what is pending, each file in a transaction of its own (a file that begins with `-- no-transaction` statement by statement).
 * Several at once wait for each other; the second finds nothing to do.
 * @throws StartError when an applied migration is unknown, edited or comes after a pending one, or when one cannot be applied
 */
export async function migrate(ownerUrl: string, options: { service?: string; folder?: string } = {}): Promise<string[]> {
  return connected(ownerUrl, async (client) => {
    await takeTurn(client);
    await client.query(`create schema if not exists ${SCHEMA}`).catch(() => {}); // an owner without CREATE finds it made
    await client.query(
      `create table if not exists migrations (name text primary key, hash text not null, applied_at timestamptz not null default now())`,
    );
    const files = migrations(options.folder);
    const status = await compare(client, files);
    refuse(status);
    await client.query("select set_config('trithuc.service_role', $1, false), set_config('trithuc.actor', 'migrate', false)", [
      options.service ?? SERVICE,
    ]);
    for (const file of files.filter(({ name }) => status.pending.includes(name))) await apply(client, file);
    await prepareJobs(ownerUrl, options.service ?? SERVICE);
    await client.query(`grant select on migrations to ${client.escapeIdentifier(options.service ?? SERVICE)}`);
    await noteMigrations(client, status.pending);
    return status.pending;
  });
}

/** Databases of tests may stop before the migration that makes the table. */
async function noteMigrations(client: Client, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ stands: boolean }>("select to_regclass('audit_events') is not null as stands");
  const event = { kind: "migration" as const, actor: { client: "trithuc", subject: "owner" }, detail: { applied: names } };
  if (rows[0]?.stands && names.length > 0) await client.query(insertEvents([event]).render());
}

/** Which migrations are applied, pending, edited or unknown; changes nothing and works with the service's role too. */
export function migrationStatus(url: string, folder?: string): Promise<MigrationStatus> {
  return connected(url, (client) => compare(client, migrations(folder)));
}

/** Runs `work` with the pending migrations and a connection on which nothing has been changed. */
export function withPending<T>(url: string, work: (client: Client, pending: Migration[]) => Promise<T>, folder?: string): Promise<T> {
  return connected(url, async (client) => {
    const files = migrations(folder);
    const status = await compare(client, files);
    refuse(status);
    return work(
      client,
      files.filter(({ name }) => status.pending.includes(name)),
    );
  });
}

/** The same for a service that runs. */
export async function schemaStatus(reader: Reader): Promise<MigrationStatus> {
  return against(await reader.read<Applied>(sql`select name, hash from migrations order by name`), migrations());
}

/** Whether the schema is the one that this code was written for. */
export const isUpToDate = ({ pending, edited, unknown }: MigrationStatus): boolean => pending.length + edited.length + unknown.length === 0;

type Applied = { name: string; hash: string };

async function compare(client: Client, files: Migration[]): Promise<MigrationStatus> {
  const known = await client.query("select to_regclass('migrations') is not null as stands");
  if (!(known.rows[0] as { stands: boolean }).stands) return against([], files);
  const { rows } = await client.query<Applied>("select name, hash from migrations order by name");
  const interrupted = await interruptedIn(client);
  return { ...against(rows, files), ...(interrupted !== undefined && { interrupted }) };
}

function against(rows: readonly Applied[], files: readonly Migration[]): MigrationStatus {
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    applied: rows.map(({ name }) => name),
    pending: files.filter(({ name }) => !rows.some((row) => row.name === name)).map(({ name }) => name),
    edited: rows.filter(({ name, hash }) => byName.has(name) && byName.get(name)!.hash !== hash).map(({ name }) => name),
    unknown: rows.filter(({ name }) => !byName.has(name)).map(({ name }) => name),
  };
}

/** @throws StartError naming the first migration that does not fit the code, and what to do. */
export function refuse({ applied, pending, edited, unknown }: MigrationStatus): void {
  const late = pending.find((name) => applied.some((done) => done > name));
  if (edited.length > 0)
    throw refusal(
      edited[0]!,
      "đã bị sửa sau khi áp dụng: hãy lấy lại tệp gốc",
      "was edited after it was applied: restore the original file",
    );
  if (unknown.length > 0)
    throw refusal(
      unknown[0]!,
      "không có trong phiên bản này: hãy dùng bản phần mềm mới hơn",
      "is not part of this version: use the newer software",
    );
  if (late)
    throw refusal(
      late,
      "đến sau một bản mới hơn đã áp dụng: hãy đặt lại số thứ tự",
      "comes before one that is already applied: renumber it",
    );
}

/** What is known of a migration that was begun and never came to its end. */
export const brokenOff = (name: string): Bilingual => ({
  vi: `${name} đã bắt đầu mà chưa xong; nếu không tiến trình nào đang làm thì nó đã bị ngắt, và “migrate up” sẽ làm lại từ câu lệnh đầu`,
  en: `${name} was begun and is not done; unless a process is at it, it was broken off, and "migrate up" runs it again from its first statement`,
});

const refusal = (name: string, vi: string, en: string) =>
  new StartError({ vi: `Bản di trú ${name} ${vi}.`, en: `Migration ${name} ${en}.` });

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const options = `-c search_path=${SCHEMA} -c timezone=UTC`;
  const client = new Client({ connectionString: url, options, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the pending query rejects by itself
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

import { Client } from "pg";
import { SCHEMA } from "../schema.ts";
import { StartError } from "../start-error.ts";
import { KEEPER } from "./roles.ts";

/** What a PostgreSQL is, and what the connected role may do in it. */
export type Standing = {
  version: string;
  major: number;
  fsync: boolean;
  superuser: boolean;
  /** Whether the role can make or change tables of the registry. */
  ddl: boolean;
  /** What else the role may do that the service must not be able to: `createrole`, `delete access_log`, `member of trithuc_owner`. */
  excess: string[];
  /** Versions of the Vietnamese collation: when its indexes were made, and of the library now; null where the server keeps none. */
  collation: { made: string | null; now: string | null };
  /** The server's clock against this machine's, in milliseconds. */
  clockOffMs: number;
  /** What the keys in use were noted as; null before the first note. */
  keys: string | null;
};

export const OLDEST = 15;
export const NEWEST = 18;

/** Asks a server what it is, with a connection of its own. */
export async function readStanding(url: string): Promise<Standing> {
  return connected(url, async (client) => {
    const before = Date.now();
    const { rows } = await client.query(SQL, [SCHEMA, KEPT, KEEPER]);
    const row = rows[0] as Omit<Standing, "collation" | "clockOffMs"> & { made: string | null; now: string | null; clock: string };
    const { made, now, clock, ...rest } = row;
    return { ...rest, collation: { made, now }, clockOffMs: Math.round(Number(clock) - (before + Date.now()) / 2) };
  });
}

/** Tables to which the service only adds. */
const KEPT = ["revisions", "access_log", "audit_events", "audit_seals"];

const SQL = `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
    current_setting('fsync')::boolean as fsync,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    coalesce(case when to_regnamespace($1::text) is not null then has_schema_privilege(current_user, $1::text, 'create') end, false)
      or exists (select from pg_tables where schemaname = $1::text and tableowner = current_user) as ddl,
    (select collversion from pg_collation where collname = 'vi-x-icu' and collnamespace = 'pg_catalog'::regnamespace) as made,
    (select pg_collation_actual_version(oid) from pg_collation where collname = 'vi-x-icu' and collnamespace = 'pg_catalog'::regnamespace) as now,
    array(select x.what from (
      select unnest(array[case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
        case when rolbypassrls then 'bypassrls' end, case when rolreplication then 'replication' end]) as what
      from pg_roles where rolname = current_user
      union all select p.privilege || ' ' || c.relname from pg_class c cross join unnest(array['update', 'delete', 'truncate']) p(privilege)
        where c.relnamespace = to_regnamespace($1::text) and c.relname = any($2::text[]) and has_table_privilege(c.oid, p.privilege)
      union all select 'member of ' || r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
        where m.member = (select oid from pg_roles where rolname = current_user)
          and (r.rolname like 'pg\\_%' or r.rolsuper or r.rolname = $3 or exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = to_regnamespace($1::text)))
    ) x where x.what is not null order by 1) as excess,
    (extract(epoch from clock_timestamp()) * 1000)::text as clock,
    substring(obj_description(to_regnamespace($1::text)::oid, 'pg_namespace') from '^keys ([0-9a-f]{16})$') as keys`;

/** @throws StartError for a server that the service must not work on, with what to do */
export function refuseStanding({ major, version, fsync, superuser, ddl, excess }: Standing): void {
  if (major < OLDEST) {
    throw new StartError({
      vi: `DATABASE_URL dẫn tới PostgreSQL ${version}: cần bản ${OLDEST} đến ${NEWEST}.`,
      en: `DATABASE_URL names a PostgreSQL ${version}: ${OLDEST} to ${NEWEST} is needed.`,
    });
  }
  if (!fsync) {
    throw new StartError({
      vi: "PostgreSQL của DATABASE_URL chạy với fsync=off và có thể mất dữ liệu đã ghi: hãy đặt fsync=on.",
      en: "The PostgreSQL of DATABASE_URL runs with fsync=off and may lose what was written: set fsync=on.",
    });
  }
  if (superuser) {
    throw new StartError({
      vi: "DATABASE_URL dùng tài khoản superuser: hãy dùng tài khoản của dịch vụ, không có quyền quản trị.",
      en: "DATABASE_URL connects as a superuser: use the service's own role, which administers nothing.",
    });
  }
  const more = [...(ddl ? ["ddl"] : []), ...excess].join(", ");
  if (more !== "") {
    throw new StartError({
      vi: `Tài khoản của DATABASE_URL có nhiều quyền hơn dịch vụ được có (${more}): hãy dùng một tài khoản không sở hữu gì, và TRITHUC_OWNER_URL cho chủ sở hữu.`,
      en: `The role of DATABASE_URL may do more than the service should (${more}): use a role that owns nothing, and TRITHUC_OWNER_URL for the owner.`,
    });
  }
}

/** Notes which keys seal this database, as the comment of the schema: it goes along with a dump, and the keys themselves do not. */
export async function noteKeys(ownerUrl: string, fingerprint: string): Promise<void> {
  await connected(ownerUrl, (client) => client.query(`comment on schema ${SCHEMA} is ${client.escapeLiteral(`keys ${fingerprint}`)}`));
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  client.on("error", () => {}); // the pending query rejects by itself
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

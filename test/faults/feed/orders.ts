import type { Client } from "pg";
import { connect } from "../../../src/cli/demo/write.ts";
import type { FeedService } from "./service.ts";

/** One thing that a reader was told. */
export type Told = { record: string; version: number };
/** An order in which changes are told: pages after a position, as a reader of the feed asks for them. */
export type Order = { start: string; page(after: string): Promise<{ told: Told[]; position: string }>; close(): Promise<void> };
/** Opens an order for one reader. */
export type Ordering = (serviceUrl: string, service: FeedService) => Promise<Order>;

/** The feed, over HTTP. */
export const published: Ordering = async (_url, service) => {
  const ask = async (query: string) => {
    const { status, body } = await service.get(`/v1/changes?limit=500&${query}`);
    if (status !== 200) throw new Error(`GET /v1/changes?${query} answered ${status} ${body.code}`);
    return body;
  };
  let start = "";
  for (let body = await ask(""); ; body = await ask(`after=${body.position}`)) {
    start = body.position;
    if (!body.has_more) break;
  }
  return {
    start,
    async page(after) {
      const { data, position } = await ask(`after=${after}&wait=1`);
      return { told: data.map(({ subject, data: { version } }) => ({ record: subject, version })), position };
    },
    close: async () => {},
  };
};

type Row = { record: string; version: number; a: string; b: string };

/** Reading the history itself, in an order of which one might think that it would do. */
const plain =
  (a: string, condition: string): Ordering =>
  async (url) => {
    const client = await connect(url);
    const { rows } = await client.query<{ a: string; b: string }>(`select max(${a}) as a, max(id) as b from revisions`);
    return {
      start: `${rows[0]!.a}/${rows[0]!.b}`,
      async page(after) {
        const found = await client.query<Row>(
          `select record_id as record, version, ${a}::text as a, id::text as b from revisions
           where (${a}, id) > ($1::bigint, $2::bigint) and ${condition} order by ${a}, id limit 500`,
          after.split("/"),
        );
        const last = found.rows.at(-1);
        return { told: found.rows.map(({ record, version }) => ({ record, version })), position: last ? `${last.a}/${last.b}` : after };
      },
      close: () => client.end(),
    };
  };

/** By the number of the sequence: who commits late is left behind. */
export const bySequence = plain("id", "true");
/** By the number of the transaction: so is who began early. */
export const byTransaction = plain("xact", "true");
const SETTLED = "xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
/** By the number of the transaction, those alone before which nothing can come: the later version may be of the earlier transaction. */
export const bySettledTransaction = plain("xact", SETTLED);

/** What has settled, put down in the order of ids each time: of three transactions the middle one may keep the first version back, not the second. */
export const inSettledBatches: Ordering = async (url) => {
  const client: Client = await connect(url);
  const { rows } = await client.query<{ id: string }>("select coalesce(max(id), 0) as id from revisions");
  const [base, list, known] = [rows[0]!.id, [] as Told[], new Set<string>()];
  return {
    start: "0",
    async page(after) {
      const found = await client.query<{ id: string; record: string; version: number }>(
        `select id::text, record_id as record, version from revisions where id > $1 and ${SETTLED} order by id`,
        [base],
      );
      for (const { id, record, version } of found.rows.filter((row) => !known.has(row.id))) {
        known.add(id);
        list.push({ record, version });
      }
      const told = list.slice(Number(after), Number(after) + 500);
      return { told, position: String(Number(after) + told.length) };
    },
    close: () => client.end(),
  };
};

import { connect } from "../../../src/cli/demo/write.ts";
import type { TestUrls } from "../../setup/template.ts";
import { openFresh } from "./copy.ts";
import { judge, read } from "./judge.ts";
import type { Faults } from "./judge.ts";
import { published } from "./orders.ts";
import type { Ordering, Told } from "./orders.ts";
import { serveFeed } from "./service.ts";
import type { FeedService } from "./service.ts";
import { makeRecords, write } from "./writers.ts";
import type { Extent } from "./writers.ts";

/** What readers of an order were told while writers wrote: how many events were committed, and each reader's faults added up. */
export type Outcome = { committed: number; faults: Faults };

const READERS = 3;

/** Lets writers write and readers read in an order, and compares. */
export async function runOrder(
  serviceUrl: string,
  service: FeedService,
  order: Ordering,
  records: string[],
  extent: Extent,
  over = (): boolean => false,
): Promise<Outcome> {
  const client = await connect(serviceUrl);
  const { rows } = await client.query<{ id: string }>("select coalesce(max(id), 0) as id from revisions");
  const orders = await Promise.all(Array.from({ length: READERS }, () => order(serviceUrl, service)));
  const written: { events?: Told[] } = {};
  const reading = Promise.all(orders.map((one) => read(one, () => written.events?.length, extent.quietMs)));
  await write(serviceUrl, records, extent, over);
  const { rows: committed } = await client.query<Told>("select record_id as record, version from revisions where id > $1", [rows[0]!.id]);
  written.events = committed;
  const reads = await reading;
  await Promise.all([client.end(), ...orders.map((one) => one.close())]);
  const each = reads.map((one) => judge(one, committed));
  const sum = (name: keyof Faults) => each.reduce((all, one) => all + one[name], 0);
  const faults = {
    missed: sum("missed"),
    twice: sum("twice"),
    inverted: sum("inverted"),
    behind: sum("behind"),
    invented: sum("invented"),
  };
  return { committed: committed.length, faults };
}

/** The feed of a database, and of its copy in a fresh cluster, whose transactions begin again at small numbers. */
export async function runFeed(
  urls: TestUrls,
  extent: Extent,
  over: () => boolean,
): Promise<{ here: Outcome; copied: Outcome & { strange: number } }> {
  const here = await first(urls, extent, over);
  const fresh = await openFresh();
  try {
    await fresh.copy(urls.adminUrl);
    const second = await serveFeed(fresh.serviceUrl);
    try {
      const strange = (await second.get(`/v1/changes?after=${here.position}`)).status;
      const fewer = { ...extent, events: Math.ceil(extent.events / 10) };
      return { here, copied: { ...(await runOrder(fresh.serviceUrl, second, published, here.records, fewer)), strange } };
    } finally {
      await second.close();
    }
  } finally {
    await fresh.close();
  }
}

async function first(urls: TestUrls, extent: Extent, over: () => boolean): Promise<Outcome & { records: string[]; position: string }> {
  const records = await makeRecords(urls.serviceUrl);
  const service = await serveFeed(urls.serviceUrl);
  try {
    const outcome = await runOrder(urls.serviceUrl, service, published, records, extent, over);
    return { ...outcome, records, position: (await service.get("/v1/changes?limit=1")).body.position };
  } finally {
    await service.close();
  }
}

/** The same run of another order, on a database whose feed nobody asks for. */
export async function runControl(urls: TestUrls, order: Ordering, extent: Extent): Promise<Outcome> {
  const records = await makeRecords(urls.serviceUrl);
  const service = await serveFeed(urls.serviceUrl);
  try {
    return await runOrder(urls.serviceUrl, service, order, records, extent);
  } finally {
    await service.close();
  }
}

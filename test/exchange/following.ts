import { expect } from "vitest";
import type { Agent } from "../setup/registry.ts";

export type Event = { id: string; type: string; subject: string; time: string; data: { version: number } };

/** Somebody who follows the feed, from its present end or from a position. */
export type Follower = {
  position: string;
  /** What came since the last time, once it fits; asked for until a deadline, because publishing comes after writing. */
  until(fits: (seen: Event[]) => boolean): Promise<Event[]>;
};

const PATIENCE_MS = 15_000;

export async function follow(agent: Agent, query = "", from?: string): Promise<Follower> {
  const more = query === "" ? "" : `&${query}`;
  const start = async (): Promise<string> => {
    for (
      let body = (await agent.get("/v1/changes?limit=500")).body;
      ;
      body = (await agent.get(`/v1/changes?limit=500&after=${body.position}`)).body
    ) {
      if (!body.has_more) return body.position as string;
    }
  };
  const follower: Follower = {
    position: from ?? (await start()),
    async until(fits) {
      const seen: Event[] = [];
      for (const deadline = Date.now() + PATIENCE_MS; ;) {
        const { status, body, text } = await agent.get(`/v1/changes?after=${follower.position}&limit=500&wait=1${more}`);
        expect(status, text).toBe(200);
        seen.push(...(body.data as Event[]));
        follower.position = body.position as string;
        if (fits(seen)) return seen;
        if (Date.now() > deadline) expect.fail(`what was waited for did not come: ${JSON.stringify(seen.map(({ type }) => type))}`);
      }
    },
  };
  return follower;
}

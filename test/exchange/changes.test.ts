import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Agent, Registry } from "../setup/registry.ts";
import { startRegistry } from "../setup/registry.ts";
import { follow } from "./following.ts";
import type { Follower } from "./following.ts";

let registry: Registry;
let reader: Agent;
let all: Follower;

beforeAll(async () => {
  registry = await startRegistry({ feed: true });
  reader = registry.as({ scope: ["changes:read", "people:read"] });
  all = await follow(reader);
});
afterAll(() => registry.close());

const create = async (more: object = {}) => (await registry.admin.post("/v1/people", { name: { full: "Đinh Thị Dòng" }, ...more })).body;

describe("GET /v1/changes", () => {
  test("tells of a person and the facts, thin, as CloudEvents in the order of what happened", async () => {
    const person = await create({ degrees: [{ level: "TS" }] });
    const degree = person.degrees?.[0]?.id ?? (await reader.get(`/v1/people/${person.id}/degrees`)).body.data[0].id;
    await registry.admin.patch(`/v1/people/${person.id}`, { keywords: ["sóng"] }, 1);
    await registry.admin.delete(`/v1/people/${person.id}`, 2);
    await registry.admin.post(`/v1/people/${person.id}/restorations`);
    await registry.admin.delete(`/v1/degrees/${degree}`, 1);
    const events = await all.until((seen) => seen.some(({ type }) => type === "degree.deleted"));
    expect(events.map(({ type, subject, data }) => [type, subject === person.id ? "person" : "degree", data])).toEqual([
      ["person.created", "person", { version: 1 }],
      ["degree.created", "degree", { version: 1 }],
      ["person.changed", "person", { version: 2 }],
      ["person.deleted", "person", { version: 3 }],
      ["person.restored", "person", { version: 4 }],
      ["degree.deleted", "degree", { version: 2 }],
    ]);
    expect(events[0]).toEqual({
      specversion: "1.0",
      id: expect.stringMatching(/^\d+\.\d+$/),
      source: "https://tri-thuc.example/v1",
      type: "person.created",
      subject: person.id,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      datacontenttype: "application/json",
      data: { version: 1 },
    });
  });

  test("tells nothing of what was rolled back, or of a write that changed nothing", async () => {
    const before = all.position;
    await registry.sql("begin; select set_config('trithuc.actor', 'test', true); update organizations set short_name = 'x'; rollback");
    const { id } = await create();
    await registry.admin.patch(`/v1/people/${id}`, { keywords: [] }, 1);
    await registry.admin.patch(`/v1/people/${id}`, { keywords: ["một"] }, 1);
    const events = await all.until((seen) => seen.some(({ data }) => data.version === 2));
    expect(events.map(({ type }) => type)).toEqual(["person.created", "person.changed"]);
    expect(all.position).not.toBe(before);
  });

  test("tells of the reference data too, and of a noun alone when asked", async () => {
    const { body } = await registry.admin.post("/v1/organizations", { code: "DONG", name: "Trung tâm Dòng", kind: "other" });
    const organizations = await follow(reader, "noun=organizations", all.position);
    const { id } = await create();
    const events = await all.until((seen) => seen.some(({ subject }) => subject === id));
    expect(events.map(({ type }) => type)).toEqual(["organization.created", "person.created"]);
    expect((await organizations.until((seen) => seen.length > 0)).map(({ subject }) => subject)).toEqual([body.id]);
  });

  test("gives pages that follow each other, and the same page whenever it is asked for", async () => {
    const first = (await reader.get("/v1/changes?limit=2")).body;
    expect([first.data.length, first.has_more, first.position]).toEqual([2, true, first.data[1].id]);
    const second = (await reader.get(`/v1/changes?limit=2&after=${first.position}`)).body;
    const whole = (await reader.get("/v1/changes?limit=500")).body;
    expect(whole.data.slice(0, 4)).toEqual([...first.data, ...second.data]);
    expect([whole.has_more, whole.position]).toEqual([false, whole.data.at(-1).id]);
    expect((await reader.get(`/v1/changes?after=${whole.position}`)).body).toEqual({ data: [], position: whole.position, has_more: false });
  });

  test("without people:read tells of the reference data alone", async () => {
    for (const scope of [["changes:read"], ["changes:read", "directory:read"]] as const) {
      const { body } = await registry.as({ scope }).get("/v1/changes?limit=500");
      expect(body.data.map(({ type }: { type: string }) => type)).toEqual(["organization.created"]);
      expect(body.position).toBe(all.position);
    }
  });
});

describe("a position", () => {
  const asked = (after: string) => reader.get(`/v1/changes?after=${after}`);

  test("that was never given out is refused with what is wrong", async () => {
    const [epoch, n] = all.position.split(".");
    const bad = [
      "x",
      "-1.5",
      `${epoch}`,
      `${epoch}.`,
      `.${n}`,
      `${epoch}.-1`,
      `${epoch}.${n}.1`,
      `${epoch}.0x1`,
      "1e3.4",
      `${epoch}.${"9".repeat(30)}`,
      "%20",
    ];
    for (const after of [...bad, `${epoch}.${Number(n) + 1}`, `${epoch}.999999999999999`]) {
      const { status, body } = await asked(after);
      expect([after, status, body.code, body.errors[0].parameter]).toEqual([after, 400, "invalid-parameter", "after"]);
    }
    expect((await reader.get(`/v1/changes?after=${all.position}&after=${all.position}`)).status).toBe(400);
  });

  test("of another epoch is 410 and says how to begin anew", async () => {
    const [epoch] = all.position.split(".");
    for (const after of ["1.0", "1.4711", `${Number(epoch) - 1}.1`, `${Number(epoch) + 1}.1`]) {
      const { status, body } = await asked(after);
      expect([status, body.code, body.oldest]).toEqual([410, "feed-position-expired", `${epoch}.0`]);
      expect(body.detail).toContain("/v1/people/export");
    }
  });

  test("says all that is wrong at once with the other parameters", async () => {
    const { body } = await reader.get("/v1/changes?after=x&limit=501&wait=26&noun=peeple");
    expect(body.errors.map(({ parameter }: { parameter: string }) => parameter)).toEqual(["after", "limit", "wait", "noun"]);
    expect(body.errors[3].did_you_mean).toBe("people");
  });

  test("in an export's last line leads on from what the export holds", async () => {
    const exporter = registry.as({ scope: ["exports", "people:read", "changes:read"] });
    const { text } = await exporter.get("/v1/people/export?fields=id,version");
    const { position } = JSON.parse(text.trimEnd().split("\n").at(-1)!) as { position: string };
    const after = await follow(exporter, "", position);
    const { id } = await create();
    expect((await after.until((seen) => seen.some(({ subject }) => subject === id))).at(-1)).toMatchObject({ type: "person.created" });
  });
});

describe("wait", () => {
  test("is answered as soon as something happens, and at once when there is something already", async () => {
    const { position } = (await reader.get(`/v1/changes?after=${all.position}&limit=500`)).body;
    const waiting = reader.get(`/v1/changes?after=${position}&wait=20`);
    const { id } = await create();
    const started = performance.now();
    const { body } = await waiting;
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(body.data.map(({ subject }: { subject: string }) => subject)).toEqual([id]);
    expect((await reader.get(`/v1/changes?after=${position}&wait=20`)).body).toEqual(body);
  });

  test("ends empty with the position that was looked through", async () => {
    const { position } = (await reader.get("/v1/changes?limit=500")).body;
    const started = performance.now();
    expect((await reader.get(`/v1/changes?after=${position}&wait=1`)).body).toEqual({ data: [], position, has_more: false });
    expect(performance.now() - started).toBeGreaterThan(950);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
/** One record of each noun that is written, with a change that is good. */
let records: [path: string, change: object][];

beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.admin;
  const person = (
    await clerk.post("/v1/people", {
      name: { full: "Mẫu Văn Xấu" },
      degrees: [{ level: "TS" }],
      academic_titles: [{ title: "PGS" }],
      affiliations: [{ kind: "employment", organization_text: "Công ty Mẫu" }],
      expertise: [{ field: "102", role: "main" }],
      awards: [{ award: "TTUT" }],
    })
  ).body;
  const unit = (await clerk.post("/v1/organizations", { code: "MAU-XAU", name: "Đơn vị Mẫu", kind: "other" })).body;
  records = [
    [`/v1/people/${person.id}`, { gender: "female" }],
    [`/v1/degrees/${person.degrees[0].id}`, { graduation_year: 2001 }],
    [`/v1/academic-titles/${person.academic_titles[0].id}`, { year: 2001 }],
    [`/v1/affiliations/${person.affiliations[0].id}`, { post: "Trưởng phòng" }],
    [`/v1/expertise/${person.expertise[0].id}`, { field_text: "Vật lý" }],
    [`/v1/awards/${person.awards[0].id}`, { year: 2001 }],
    [`/v1/organizations/${unit.id}`, { short_name: "ĐVM" }],
  ];
  return registry.close;
});

const json = { "content-type": "application/merge-patch+json", "if-match": '"1"' };
const patch = (path: string, body: string) => clerk.call({ method: "PATCH", path, body, headers: json });
const revisions = async () => Number((await registry.sql<{ n: string }>("select count(*) as n from revisions"))[0]!.n);

/** Every JSON value that is no patch of ours, with what it is told. */
const SHAPES: [body: string, status: number, code: string][] = [
  ["", 400, "malformed-json"],
  ["{", 400, "malformed-json"],
  ["{}{}", 400, "malformed-json"],
  ["[]", 422, "validation-failed"],
  ["[{}]", 422, "validation-failed"],
  ["null", 422, "validation-failed"],
  ["true", 422, "validation-failed"],
  ["7", 422, "validation-failed"],
  ['"a"', 422, "validation-failed"],
  ['{"nonsense":1}', 400, "unknown-field"],
  ['{"id":"019a0000-0000-7000-8000-000000000001"}', 400, "unknown-field"],
  ['{"version":9}', 400, "unknown-field"],
  ['{"hidden_at":null}', 400, "unknown-field"],
  ['{"__proto__":{}}', 400, "malformed-json"],
  ['{"constructor":{}}', 400, "unknown-field"],
  // RFC 6902 is another kind of patch.
  ['[{"op":"replace","path":"/gender","value":"male"}]', 422, "validation-failed"],
];

describe("a patch of a wrong shape", () => {
  test.each(SHAPES)("%j is %i %s for every noun, and writes nothing", async (body, status, code) => {
    const before = await revisions();
    for (const [path] of records) {
      const answer = await patch(path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
    }
    expect(await revisions()).toBe(before);
  });

  test("with each member of a wrong type says so, all at once, with its pointer", async () => {
    for (const [path] of records) {
      const { body: record } = await clerk.get(path);
      const odd = { gender: 7, level: [], title: {}, kind: 7, role: 7, award: 7, verification: [], source: "x", name: 7, status: 7 };
      const sent = Object.fromEntries(Object.entries(odd).filter(([member]) => member in record && member !== "code"));
      const { status, body } = await patch(path, JSON.stringify(sent));
      expect([path, status, body.code]).toEqual([path, 422, "validation-failed"]);
      const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer.split("/")[1]);
      expect([path, [...new Set(pointers)].toSorted()]).toEqual([path, Object.keys(sent).toSorted()]);
    }
  });
});

describe("every write", () => {
  test("of what stands asks for a tag: none 428, * and malformed ones 400, an old one 412 with the version; a weak one is taken", async () => {
    for (const [path, change] of records) {
      for (const [method, body] of [
        ["PATCH", change],
        ["DELETE", undefined],
      ] as const) {
        const ask = async (tag?: string) => {
          const headers = { ...(body && { "content-type": "application/json" }), ...(tag !== undefined && { "if-match": tag }) };
          const { status, body: answer } = await clerk.call({ method, path, ...(body && { body }), headers });
          return [status, answer?.code, answer?.current_version];
        };
        expect([path, await ask()]).toEqual([path, [428, "if-match-required", 1]]);
        expect([path, await ask('"8"')]).toEqual([path, [412, "version-mismatch", 1]]);
        for (const tag of ["*", "1", '"a"', '"1', "W/*", '"1", "2"', '"1"'.repeat(2), `"${"1".repeat(40)}"`])
          expect([path, tag, await ask(tag)]).toEqual([path, tag, [400, "invalid-header", undefined]]);
      }
      expect((await clerk.patch(path, {}, 'W/"1.x"')).body.version).toBe(1);
    }
  });

  test("that changes nothing makes no version and no revision; one that does says why in the history", async () => {
    for (const [path, change] of records) {
      const id = path.split("/").at(-1)!;
      const reason = `Lý do của ${path.split("/")[2]}`;
      const query = `?reason=${encodeURIComponent(reason)}`;
      expect([path, (await clerk.patch(`${path}${query}`, change, 1)).body.version]).toEqual([path, 2]);
      expect([path, (await clerk.patch(path, change, 2)).body.version]).toEqual([path, 2]);
      expect((await clerk.delete(`${path}${query}`, 2)).status).toBe(204);
      expect((await clerk.post(`${path}/restorations${query}`)).body.version).toBe(4);
      const told = await registry.sql("select version, reason from revisions where record_id = $1 order by version", id);
      expect([path, told]).toEqual([path, [null, reason, reason, reason].map((why, n) => ({ version: n + 1, reason: why }))]);
      const long = await clerk.patch(`${path}?reason=${"a".repeat(301)}`, change, 4);
      expect([path, long.status, long.body.errors[0]]).toEqual([
        path,
        400,
        expect.objectContaining({ parameter: "reason", limit: 300, value: 301 }),
      ]);
      expect((await clerk.patch(`${path}?reason=a&reason=b`, change, 4)).body.errors[0].parameter).toBe("reason");
    }
  });

  test("that restores what was never hidden is 409, what never was 404, and is told once what is hidden no more", async () => {
    for (const [path] of records) {
      expect([path, (await clerk.post(`${path}/restorations`)).body.code]).toEqual([path, "state-conflict"]);
      const nobody = path.replace(/[^/]+$/, "019a0000-0000-7000-8000-00000000ffff");
      expect([path, (await clerk.post(`${nobody}/restorations`)).body.code]).toEqual([path, "not-found"]);
      expect([path, (await clerk.post(`${path.replace(/[^/]+$/, "x")}/restorations`)).body.code]).toEqual([path, "invalid-parameter"]);
    }
  });
});

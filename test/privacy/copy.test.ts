import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/nouns.ts";
import { WORDS } from "../../src/privacy/copies/words.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { officeOf } from "./office.ts";
import type { PrivacyOffice } from "./office.ts";

let registry: Registry;
let office: PrivacyOffice;
let officer: Agent;
let id: string;
let request: string;
const HTML = { accept: "text/html" };

const approved = async (person: string, kind: string): Promise<string> => {
  const made = (await officer.post(`/v1/people/${person}/data-requests`, { kind, channel: "written" })).body.id as string;
  for (const [i, state] of ["acknowledged", "approved"].entries()) await officer.patch(`/v1/data-requests/${made}`, { state }, i + 1);
  return made;
};

beforeAll(async () => {
  registry = await startRegistry();
  office = await officeOf(registry);
  officer = office.officer;
  id = await office.register(1);
  await registry.admin.patch(`/v1/people/${id}`, { biography: `<script>alert("1")</script> & 'x'`, gender: "female" }, 3);
  const [award] = (await registry.admin.get(`/v1/people/${id}/awards`)).body.data;
  await registry.admin.delete(`/v1/awards/${award.id}`, 1);
  await registry.as({ scope: ["people:read", "people:read.restricted"], purpose: "honours", client: "so-noi-vu" }).get(`/v1/people/${id}`);
  request = await approved(id, "copy");
  return registry.close;
});

describe("GET /v1/data-requests/{id}/copy", () => {
  test("is everything about the person: sealed numbers, hidden facts, consents, requests, who looked, what changed", async () => {
    const { status, body } = await officer.get(`/v1/data-requests/${request}/copy`);
    expect(status).toBe(200);
    expect(body.person).toMatchObject({ id, citizen_id: "024170000001", phones: ["+84911000001"], gender: "female" });
    expect(body.person.redacted).toBeUndefined();
    expect(
      Object.fromEntries(Object.entries(body.records as Record<string, unknown[]>).map(([noun, rows]) => [noun, rows.length])),
    ).toEqual({
      degrees: 1,
      academic_titles: 0,
      affiliations: 2,
      expertise: 0,
      awards: 1,
      consents: 1,
      data_requests: 1,
    });
    expect(body.records.degrees[0]).toMatchObject({ level: "TS", certificate_no: expect.stringMatching(/^Zq/), source: null });
    expect(
      body.access.some((entry: { client: string; purpose: string }) => entry.client === "so-noi-vu" && entry.purpose === "honours"),
    ).toBe(true);
    expect(body.history.filter(({ noun }: { noun: string }) => noun === "people").length).toBe(4);
  });

  test("is noted in the access log, for the purpose of a data subject's request", async () => {
    const entries = await registry.sql<{ purpose: string; actor: string; fields: string[] }>(
      "select purpose, actor, fields from access_log where person_id = $1 and operation = 'getDataCopy' order by id",
      id,
    );
    expect(entries.length).toBeGreaterThan(0);
    expect(entries[0]).toMatchObject({ purpose: "data-subject-request", actor: "officer-1" });
    expect(entries.flatMap(({ fields }) => fields)).toEqual(expect.arrayContaining(["citizen_id", "phones", "degrees.certificate_no"]));
  });

  test("is a page in Vietnamese that holds itself together: one style by its hash, every value escaped", async () => {
    for (const { text, headers } of [
      await officer.get(`/v1/data-requests/${request}/copy`, HTML),
      await officer.get(`/v1/data-requests/${request}/copy?format=html`),
    ]) {
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(text) ?? [];
      const hash = createHash("sha256").update(style).digest("base64");
      expect(headers["content-security-policy"]).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      expect(headers["cache-control"]).toContain("no-store");
      expect(text).not.toMatch(/<script|<img|<link|https?:|style=|\son\w+=/);
      expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;");
      for (const shown of [
        "024170000001",
        "Tiến sĩ (TS)",
        "nữ",
        "03/02/1970",
        "khen thưởng",
        "so-noi-vu",
        "Số định danh",
        "Công khai trong danh bạ",
      ])
        expect([shown, text.includes(shown)]).toEqual([shown, true]);
      expect(text).not.toMatch(/undefined|\[object|null/);
    }
  });

  test("is made for an approved request to view or copy, and for no other", async () => {
    const withdraw = await approved(id, "withdraw");
    expect((await officer.get(`/v1/data-requests/${withdraw}/copy`)).body.code).toBe("state-conflict");
    const { body } = await officer.post(`/v1/people/${id}/data-requests`, { kind: "view", channel: "web" });
    expect((await officer.get(`/v1/data-requests/${body.id}/copy`)).body.code).toBe("state-conflict");
    expect((await officer.get(`/v1/data-requests/${request}/copy?format=pdf`)).body.code).toBe("invalid-parameter");
    expect((await registry.as({ scope: ["privacy"], org: ["SYT"] }).get(`/v1/data-requests/${request}/copy`)).body.code).toBe("not-found");
    const gone = await office.register(2);
    const copy = await approved(gone, "copy");
    await office.erase(gone, "x");
    expect((await officer.get(`/v1/data-requests/${copy}/copy`)).body.code).toBe("erased");
  });
});

test("every choice of whatever a copy holds has a word in Vietnamese", () => {
  const own = Object.values(catalog).filter(({ noun }) => ["person", "fact", "privacy"].includes(noun.standing));
  const options = own.flatMap(({ noun }) =>
    Object.values(noun.fields).flatMap((field) =>
      field.kind === "choice" && "options" in field.type ? ((field.type.options as string[] | undefined) ?? []) : [],
    ),
  );
  expect(options.filter((option) => !(option in WORDS))).toEqual([]);
});

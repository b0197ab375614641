import { expect, inject } from "vitest";
import { Client } from "pg";
import { lookupHash } from "../../src/core/secrets/sealing.ts";
import type { Keys } from "../../src/core/secrets/sealing.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import type { Agent, Registry } from "../setup/registry.ts";

/** A word that is nobody's name, and stands wherever a person's values may. */
export const canaryOf = (n: number): string => `Zq${[...String(n).padStart(4, "0")].map((digit) => "bcdfghklmx"[Number(digit)]).join("")}`;
export const nameOf = (n: number): string => `Vương Thị ${canaryOf(n)}`;
/** The number as an office writes it, after the 0, and as the registry keeps it, after +84. */
const phoneOf = (n: number): string => `91${1_000_000 + n}`;
/** Of the person, and of what another supplier says of the person. */
const citizenIdsOf = (n: number): [string, string] => [`0241700${digits(n)}`, `0241701${digits(n)}`];
const digits = (n: number): string => String(n).padStart(5, "0");
/** A word, a phone and citizen ids that are this person's alone, as they may be written. */
export const spellings = (n: number): string[] => [canaryOf(n), canaryOf(n).toLowerCase(), phoneOf(n), ...citizenIdsOf(n)];
/** By which keyed hashes this person's citizen ids are found again. */
export const hashesOf = (keys: Keys, n: number): Buffer[] => citizenIdsOf(n).map((id) => lookupHash(keys, "citizen_id", id));

/** A spreadsheet that names such people. */
export const sheetOf = (numbers: readonly number[]): string =>
  [
    "STT;Họ và tên;Năm sinh;Số CCCD;Điện thoại;Trình độ",
    ...numbers.map((n, i) => `${i + 1};${nameOf(n)};1970;${citizenIdsOf(n)[0]};0${phoneOf(n)};Tiến sĩ`),
  ].join("\n");

/** Who registers people full of canaries, and erases them. */
export type PrivacyOffice = {
  officer: Agent;
  importer: Agent;
  register(n: number): Promise<string>;
  /** A request to delete, walked to its approval. */
  approve(id: string, words: string): Promise<string>;
  erase(id: string, words: string): Promise<string>;
};

export async function officeOf(registry: Registry): Promise<PrivacyOffice> {
  const officer = registry.as({ scope: ["privacy"], subject: "officer-1" });
  const unit = (await registry.sql<{ id: string }>("select id from organizations where code = 'SKHCN'"))[0]!.id;
  const register = async (n: number): Promise<string> => {
    const c = canaryOf(n);
    const [citizenId, otherId] = citizenIdsOf(n);
    const whole = {
      name: { full: nameOf(n) },
      other_names: [{ kind: "pen_name", full: `Bà ${c}` }],
      birth_date: "1970-02-03",
      citizen_id: citizenId,
      phones: [`+84${phoneOf(n)}`],
      emails: [`${c}@example.vn`],
      residence_text: `số 1 phố ${c}`,
      biography: `Bà ${c} nghiên cứu.`,
      keywords: [c],
      identifiers: [
        { scheme: "scopus", value: `${c}77` },
        { scheme: "local:SNV", value: c },
      ],
      degrees: [{ level: "TS", major_text: c, certificate_no: c }],
      affiliations: [
        { kind: "employment", organization_text: `Công ty ${c}`, post: c },
        { kind: "membership", organization_id: unit },
      ],
      awards: [{ award: "TTUT", decision: c }],
    };
    const key = { "idempotency-key": `registering-${c}` };
    const { body, status, text } = await registry.admin.post(`/v1/people?reason=${c}`, whole, key);
    expect(status, text).toBe(201);
    const id = body.id as string;
    await registry.admin.patch(`/v1/people/${id}?reason=${c}`, { name: { full: `Vương Thị Cũ ${c}` } }, 1);
    await registry.admin.patch(`/v1/people/${id}`, { name: { full: nameOf(n) } }, 2);
    const stated = await registry.admin.call({
      method: "PUT",
      path: `/v1/people/by-id/local:SNV/${c}`,
      body: { name: { full: nameOf(n) }, citizen_id: otherId, biography: `Bà ${c}, theo Sở.`, keywords: [`${c} khác`] },
      headers: { "content-type": "application/json", "if-match": '"3"', "idempotency-key": `stating-${c}` },
    });
    expect([stated.status, stated.body.ignored], stated.text).toEqual([
      200,
      expect.arrayContaining(["citizen_id", "biography", "keywords"]),
    ]);
    const given = { purpose: "directory", wording: "directory-1", method: "written", given_at: "2026-01-05T02:00:00Z" };
    expect((await officer.post(`/v1/people/${id}/consents`, { ...given, evidence: `Phiếu của ${c}` })).status).toBe(201);
    return id;
  };
  const approve = async (id: string, words: string): Promise<string> => {
    const asked = { kind: "delete", channel: "written", statement: `Tôi là ${words}`, contact: `${words}@example.vn` };
    const { body } = await officer.post(`/v1/people/${id}/data-requests?reason=${words}`, asked);
    expect((await officer.patch(`/v1/data-requests/${body.id}`, { state: "acknowledged" }, 1)).status).toBe(200);
    expect((await officer.patch(`/v1/data-requests/${body.id}?reason=${words}`, { state: "approved" }, 2)).status).toBe(200);
    return body.id as string;
  };
  const erase = async (id: string, words: string): Promise<string> => {
    const request = await approve(id, words);
    const { status, text } = await officer.post(`/v1/data-requests/${request}/execution`, {});
    expect(status, text).toBe(201);
    return request;
  };
  return { officer, importer: registry.as({ scope: ["imports"] }), register, approve, erase };
}

/** The server's administrator at the registry's own database: what a restore and a sweep are done by. */
export async function administratorOf(registry: Registry): Promise<Client> {
  const server = new URL(inject("server").adminUrl);
  server.pathname = new URL(registry.urls.ownerUrl).pathname;
  const client = new Client({ connectionString: server.href, options: `-c search_path=${SCHEMA}` });
  await client.connect();
  return client;
}

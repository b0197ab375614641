import { expect, inject } from "vitest";
import { Client } from "pg";
import { SCHEMA } from "../../src/db/schema.ts";
import type { Agent, Registry } from "../setup/registry.ts";

/** A word that is nobody's name, and stands wherever a person's values may. */
export const canaryOf = (n: number): string => `Zq${[...String(n).padStart(4, "0")].map((digit) => "bcdfghklmx"[Number(digit)]).join("")}`;
export const nameOf = (n: number): string => `Vương Thị ${canaryOf(n)}`;
export const spellings = (n: number): string[] => [canaryOf(n), canaryOf(n).toLowerCase()];

/** A spreadsheet that names such people. */
export const sheetOf = (numbers: readonly number[]): string =>
  [
    "STT;Họ và tên;Năm sinh;Điện thoại;Trình độ",
    ...numbers.map((n, i) => `${i + 1};${nameOf(n)};1970;0912000${String(n).padStart(3, "0")};Tiến sĩ`),
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
    const { body, status, text } = await registry.admin.post(`/v1/people?reason=${c}`, {
      name: { full: nameOf(n) },
      other_names: [{ kind: "pen_name", full: `Bà ${c}` }],
      birth_date: "1970-02-03",
      citizen_id: `0241700${String(n).padStart(5, "0")}`,
      phones: [`+8491${String(1_000_000 + n)}`],
      emails: [`${c}@example.vn`],
      residence_text: `số 1 phố ${c}`,
      biography: `Bà ${c} nghiên cứu.`,
      keywords: [c],
      identifiers: [{ scheme: "scopus", value: `${c}77` }],
      degrees: [{ level: "TS", major_text: c, certificate_no: c }],
      affiliations: [
        { kind: "employment", organization_text: `Công ty ${c}`, post: c },
        { kind: "membership", organization_id: unit },
      ],
      awards: [{ award: "TTUT", decision: c }],
    });
    expect(status, text).toBe(201);
    const id = body.id as string;
    await registry.admin.patch(`/v1/people/${id}?reason=${c}`, { name: { full: `Vương Thị Cũ ${c}` } }, 1);
    await registry.admin.patch(`/v1/people/${id}`, { name: { full: nameOf(n) } }, 2);
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

import { expect, vi } from "vitest";
import type { Agent, Answer } from "../setup/registry.ts";

/** A part of a form: a text, or a file with its name. */
export type Part = string | { name: string; bytes: Uint8Array | string };

/** The body of a form and its type, as a browser would send it; repeated names are pairs. */
export async function formOf(parts: readonly [string, Part][]): Promise<{ body: Buffer; type: string }> {
  const form = new FormData();
  for (const [name, part] of parts) {
    if (typeof part === "string") form.append(name, part);
    else form.append(name, new Blob([part.bytes as Uint8Array<ArrayBuffer>]), part.name);
  }
  const encoded = new Response(form);
  return { body: Buffer.from(await encoded.arrayBuffer()), type: encoded.headers.get("content-type")! };
}

/** Uploads a file. */
export async function upload(agent: Agent, name: string, bytes: Uint8Array | string, parts: Record<string, string> = {}): Promise<Answer> {
  const { body, type } = await formOf([...Object.entries(parts), ["file", { name, bytes }]]);
  return agent.call({ method: "POST", path: "/v1/imports", body, headers: { "content-type": type } });
}

const WORKING = ["analysing", "committing"];

/** The import once no job works on it. */
export async function settled(agent: Agent, id: string, timeoutMs = 50_000): Promise<Answer["body"]> {
  return vi.waitFor(
    async () => {
      const { body } = await agent.get(`/v1/imports/${id}`);
      if (WORKING.includes(body.state)) throw new Error(`still ${body.state}`);
      return body;
    },
    { timeout: timeoutMs, interval: 25 },
  );
}

/** Uploads a file, and gives its import once it is analysed. */
export async function analysed(
  agent: Agent,
  name: string,
  bytes: Uint8Array | string,
  parts: Record<string, string> = {},
  timeoutMs = 50_000,
): Promise<Answer["body"]> {
  const sent = await upload(agent, name, bytes, parts);
  expect(sent.status, sent.text).toBe(202);
  return settled(agent, sent.body.id, timeoutMs);
}

/** Applies an import, and gives it once that is done. */
export async function committed(agent: Agent, id: string, timeoutMs = 50_000): Promise<Answer["body"]> {
  expect((await agent.post(`/v1/imports/${id}/commitment`)).status).toBe(202);
  return settled(agent, id, timeoutMs);
}

/** Every row of an import. */
export async function rowsOf(agent: Agent, id: string, query = ""): Promise<Answer["body"][]> {
  const rows: Answer["body"][] = [];
  let path = `/v1/imports/${id}/rows?limit=500${query}`;
  while (path) {
    const { body, status, text } = await agent.get(path);
    expect(status, text).toBe(200);
    rows.push(...body.data);
    path = body.page.next;
  }
  return rows;
}

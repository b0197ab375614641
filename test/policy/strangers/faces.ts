import type { KeptAnswers } from "../../../src/db/readers/kept.ts";
import type { Answer } from "../../setup/registry.ts";

/** Headers that say when and over which connection, and nothing of what was asked. */
const UNTOLD = new Set(["date", "x-request-id", "content-length", "connection", "keep-alive", "transfer-encoding"]);

/**
 * What a caller sees, byte for byte, but for ids of requests, the nonces of cursors, and the feed's positions, which are a channel that
 * the contract declares (api.md 9).
 */
export function faceOf({ status, headers, text }: Pick<Answer, "status" | "headers" | "text">): string {
  const kept = Object.entries(headers).filter(([name]) => !UNTOLD.has(name));
  return JSON.stringify([status, kept.map(([name, value]) => [name, same(value)]).toSorted(), same(text ?? "")]);
}

const same = (part: string): string =>
  part
    .replaceAll(/"request_id":"[^"]+"/g, "")
    .replaceAll(/cursor(=|":")[\w%.~-]+/g, "cursor")
    .replaceAll(/"position":(?:"[\d.]+"|null)/g, "position")
    .replaceAll(/"id":"\d+\.\d+"/g, "event");

/** A tag changes when an answer is first kept; where answers are compared nothing may change it. */
export const UNKEPT: KeptAnswers = {
  maker: "",
  wanted: () => undefined,
  read: async () => undefined,
  tag: () => "",
  missed() {},
  make: async () => {},
  close: async () => {},
};

import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";

/** Gives a response its head: `own` headers after those that all have, each name before its value. */
export type WriteHead = (response: ServerResponse, status: number, own: readonly string[]) => void;

/**
 * Writes heads of which the most is the same each time, as one text: `writeHead` looks at each letter of fifteen names and values, a twentieth of
 * what a kept answer costs the process (Node 26.10, 2026-11). Where a connection is not to be kept, or a value is not plain, it is asked all
 * the same; a test holds both against each other.
 */
export function writesHeads(always: readonly string[], keepAliveMs: number): WriteHead {
  const same = linesOf(always);
  const kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
  const begins = new Map([200, 304].map((status) => [status, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${same}`]));
  const date = dateOnce();
  return (response, status, own) => {
    const begin = begins.get(status);
    if (begin === undefined || !response.shouldKeepAlive || !response.useChunkedEncodingByDefault || !PLAIN.test(own.join("")))
      return void response.writeHead(status, [...always, ...own]);
    const head = `${begin}${linesOf(own)}${date()}${kept}`;
    Object.assign(response, { statusCode: status, chunkedEncoding: false, _hasBody: status !== 304, _header: head, _headerSent: false });
  };
}

/** Letters that a name or value may have: with others it is judged by Node. */
const PLAIN = /^[\x20-\x7e]*$/;

function linesOf(headers: readonly string[]): string {
  let lines = "";
  for (let at = 0; at < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return lines;
}

/** The header of the time, written once a second. */
function dateOnce(): () => string {
  const known = { second: 0, text: "" };
  return () => {
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== known.second) Object.assign(known, { second, text: `Date: ${new Date(now).toUTCString()}\r\n` });
    return known.text;
  };
}

import type { IncomingMessage } from "node:http";

/** How often a request carries a header, however it is written; `name` in small letters. Node itself keeps one of several. */
export function timesSent({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">, name: string): number {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at]!;
    if (sent.length === name.length && sent.toLowerCase() === name) times++;
  }
  return times;
}

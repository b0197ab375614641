import { gzipSync } from "node:zlib";
import { chance } from "../../flows/fuzz.ts";

const HOST = "Host: x\r\n";

/** Requests as they are written down, good ones and famous bad ones, from which others are made; `token` is a good one. */
const seeds = (token: string): string[] => {
  const auth = `Authorization: Bearer ${token}\r\n`;
  const json = "Content-Type: application/json\r\n";
  return [
    `GET /v1/people?limit=2 HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `GET /v1/people/019a0000-0000-7000-8000-000000000001 HTTP/1.1\r\n${HOST}${auth}If-None-Match: "1"\r\n\r\n`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Content-Length: 27\r\n\r\n{"filter":"gender = male" }`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Content-Length: 99999999999999999999\r\n\r\n{}`,
    `POST /v1/people/search HTTP/1.1\r\n${HOST}${auth}${json}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
    `GET http://x/v1/people HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `GET //v1//people HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `GET /v1/../../etc/passwd HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `GET /v1/people%00 HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `GET /v1/people?filter=%ff%fe HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
    `TRACE /v1/people HTTP/1.1\r\n${HOST}${auth}\r\n`,
    `CONNECT x:443 HTTP/1.1\r\n${HOST}\r\n`,
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}Authorization: Bearer ${"a.".repeat(6_000)}\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${"X-A: b\r\n".repeat(1_500)}\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}Accept: ${"a/b,".repeat(3_000)}\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}Accept-Language: ${"vi;q=0.1,".repeat(2_000)}\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}Range: bytes=0-0,${"1-2,".repeat(2_000)}\r\n\r\n`,
    `GET /v1/people HTTP/1.1\r\n${HOST}${auth}If-None-Match: ${'"1",'.repeat(4_000)}\r\n\r\n`,
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "\r\n\r\n\r\n",
    "",
  ];
};

/** So many texts for a socket: the seeds, then mutants of them by a repeatable chance (bytes turned, cut, doubled, put in). */
export function corpus(token: string, count: number, seed: number): Buffer[] {
  const random = chance(seed);
  const whole = seeds(token).map((text) => Buffer.from(text, "latin1"));
  const at = (length: number): number => Math.floor(random() * length);
  const odd = [
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    "\xff",
    "%",
    "%00",
    "0\r\n\r\n",
    "HTTP/1.1",
    "chunked",
    "a".repeat(9_000),
    "-1",
  ];
  const mutant = (one: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> => {
    const cut = at(one.length + 1);
    const [head, tail] = [one.subarray(0, cut), one.subarray(cut)];
    const turned = Buffer.from(one);
    if (turned.length > 0) turned[at(turned.length)] = at(256);
    return [
      turned,
      head,
      Buffer.concat([head, Buffer.from(odd[at(odd.length)]!, "latin1"), tail]),
      Buffer.concat([one, one]),
      Buffer.concat([head, tail.subarray(at(20))]),
    ][at(5)]!;
  };
  return Array.from({ length: count }, (_, n) => {
    let one = whole[n % whole.length]!;
    for (let times = n < whole.length ? 0 : 1 + at(3); times > 0; times--) one = mutant(one);
    return one;
  });
}

/** A body that is larger, deeper or dearer than it looks. */
export type Bomb = { name: string; method: string; path: string; body?: string | Buffer; headers?: Record<string, string> };

const JSON_TYPE = { "content-type": "application/json" };
const search = (name: string, body: unknown): Bomb => ({
  name,
  method: "POST",
  path: "/v1/people/search",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: JSON_TYPE,
});

/** What costs its sender little. */
export function bombs(): Bomb[] {
  const q = encodeURIComponent;
  const form = (name: string, bytes: Buffer): Bomb => {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from("\r\n--b--\r\n")]);
    return {
      name: `upload ${name}`,
      method: "POST",
      path: "/v1/imports",
      body,
      headers: { "content-type": "multipart/form-data; boundary=b" },
    };
  };
  const parts = Array.from({ length: 5_000 }, (_, i) => `--b\r\nContent-Disposition: form-data; name="p${i}"\r\n\r\nx\r\n`).join("");
  return [
    search("nested arrays", "[".repeat(100_000)),
    search("nested objects", '{"a":'.repeat(40_000)),
    search("a long string", { filter: `name match "${"a".repeat(250_000)}"` }),
    search("combining marks", { filter: `name match "${"a\u0301\u0323".repeat(1_300)}"` }),
    search("many predicates", { filter: Array.from({ length: 400 }, (_, i) => `birth_year = ${i}`).join(" or ") }),
    search("many values", { filter: `code in (${"A,".repeat(1_500)}A)` }),
    search("deep filter", { filter: "(".repeat(3_900) }),
    search("deep not", { filter: `${"not ".repeat(900)}gender = male` }),
    search("many members", Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`m${i}`, i]))),
    search("doubled members", `{${'"filter":"a",'.repeat(15_000)}"limit":1}`),
    search("prototype", '{"__proto__":{"filter":"x"},"constructor":{"prototype":{}}}'),
    search("a number beyond all", `{"limit":1e${"9".repeat(300)}}`),
    search("a large number", `{"limit":${"9".repeat(200_000)}}`),
    { ...search("packed", "x"), body: gzipSync(Buffer.alloc(50_000_000)), headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
    {
      name: "a list of a thousand violations",
      method: "POST",
      path: "/v1/people",
      body: JSON.stringify({ name: { full: "A" }, degrees: Array.from({ length: 5_000 }, () => ({ x: 1 })) }),
      headers: JSON_TYPE,
    },
    {
      name: "a thousand queries",
      method: "POST",
      path: "/v1/reconciliation",
      body: JSON.stringify({ noun: "people", queries: Array.from({ length: 1_000 }, (_, i) => `Nguyễn Văn A${i % 20}`) }),
      headers: JSON_TYPE,
    },
    { name: "parentheses", method: "GET", path: `/v1/people?filter=${"(".repeat(3_000)}` },
    { name: "commas", method: "GET", path: `/v1/people?gender=${",".repeat(7_000)}` },
    { name: "parameters", method: "GET", path: `/v1/people?${"a=1&".repeat(1_800)}` },
    { name: "sorts", method: "GET", path: `/v1/people?sort=${"name,".repeat(1_400)}` },
    { name: "includes", method: "GET", path: `/v1/people?include=${"degrees,".repeat(900)}` },
    { name: "a pattern that explodes", method: "GET", path: `/v1/people?name:match=${q("(a+)+$".repeat(200))}` },
    { name: "dates", method: "GET", path: `/v1/people?birth_date:gte=${"9".repeat(5_000)}` },
    { name: "a cursor", method: "GET", path: `/v1/people?cursor=${"A".repeat(7_000)}` },
    form("rong.xlsx", Buffer.alloc(0)),
    form("bom.xlsx", gzipSync(Buffer.alloc(100_000_000))),
    form("bom.csv", Buffer.from('"'.repeat(1_000_000))),
    form("rong.csv", Buffer.from(`Họ và tên${",".repeat(500_000)}\n`)),
    {
      name: "five thousand parts",
      method: "POST",
      path: "/v1/imports",
      body: `${parts}--b--\r\n`,
      headers: { "content-type": "multipart/form-data; boundary=b" },
    },
  ];
}

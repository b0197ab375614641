import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addWhoAmI, smallApp, someKeys, tokenOf } from "./small-app.ts";

const keys = someKeys();
let app: FastifyInstance;
let port = 0;

beforeAll(async () => {
  const http = {
    requireHostHeader: false,
    maxHeaderSize: 32 * 1024,
    headersTimeout: 300,

    connectionsCheckingInterval: 50,
  };
  app = smallApp(keys, { options: { bodyLimit: 1024, requestTimeout: 600, http } });
  addWhoAmI(app, "/one", "any");
  app.get("/things/:id", { config: { scope: "public" } }, () => ({}));
  app.post("/things", { config: { scope: "public" } }, () => ({ ok: true }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

type Reply = { status: number; headers: Record<string, string>; body: string };

/** Sends bytes as they are, and reads until the server closes or a whole answer has come. */
function send(...bytes: (string | Buffer)[]): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const done = () => {
      socket.destroy();
      resolve(readReply(received));
    };
    socket.setEncoding("utf8").on("data", (text) => {
      received += text;
      const reply = readReply(received);
      if (Buffer.byteLength(reply.body) >= Number(reply.headers["content-length"] ?? Number.NaN)) done();
    });
    socket.on("end", done).on("error", (error) => (received === "" ? reject(error) : done()));
    for (const chunk of bytes) socket.write(chunk);
  });
}

function readReply(text: string): Reply {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((header) => [header.slice(0, header.indexOf(":")).toLowerCase(), header.slice(header.indexOf(":") + 2)]),
  );
  const body = Buffer.from(rest.join("\r\n\r\n"))
    .subarray(0, Number(headers["content-length"] ?? Infinity))
    .toString();
  return { status: Number(line.split(" ")[1]), headers, body };
}

async function expectProblem(bytes: string | Buffer, status: number, code: string): Promise<Reply> {
  const reply = await send(bytes);
  const what = bytes.toString("latin1").slice(0, 60);
  expect([reply.status, reply.headers["content-type"]], what).toEqual([status, "application/problem+json"]);
  const body = JSON.parse(reply.body) as Record<string, unknown>;
  expect(body, what).toMatchObject({
    code,
    status,
    type: `https://tri-thuc.example/problems/${code}`,
    request_id: reply.headers["x-request-id"],
  });
  expect(Object.keys(body).toSorted(), what).toEqual(["code", "detail", "errors", "request_id", "status", "title", "type"]);
  return reply;
}

const HOST = "Host: x\r\n";

describe("broken HTTP", () => {
  test("a request line or a header that is none is 400 invalid-header", async () => {
    for (const bytes of [
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      "HELLO\r\n\r\n",
      `GET /one HTTP/9.9\r\n${HOST}\r\n`,
      `BREW /one HTTP/1.1\r\n${HOST}\r\n`,
      `GET /one\x00 HTTP/1.1\r\n${HOST}\r\n`,
      `GET /one HTTP/1.1\r\n${HOST}Bad Header: x\r\n\r\n`,
      `GET /one HTTP/1.1\r\n${HOST}X: a\x00b\r\n\r\n`,
      `POST /things HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`,
      `POST /things HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
      `POST /things HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n`,
    ]) {
      await expectProblem(Buffer.from(bytes, "latin1"), 400, "invalid-header");
    }
  });

  test("no Host and two Hosts are 400 invalid-header, HTTP/1.0 needs none", async () => {
    await expectProblem("GET /things/1 HTTP/1.1\r\n\r\n", 400, "invalid-header");
    await expectProblem(`GET /things/1 HTTP/1.1\r\n${HOST}Host: y\r\n\r\n`, 400, "invalid-header");
    expect((await send("GET /things/1 HTTP/1.0\r\n\r\n")).status).toBe(200);
  });

  test("headers beyond the server's limit are 431 headers-too-large", async () => {
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}X: ${"a".repeat(40_000)}\r\n\r\n`, 431, "headers-too-large");
    await expectProblem(`GET /${"a".repeat(40_000)} HTTP/1.1\r\n${HOST}\r\n`, 431, "headers-too-large");
  });

  test("headers and bodies that do not come to an end are 408 request-timeout", async () => {
    await Promise.all([
      expectProblem(`GET /one HTTP/1.1\r\n${HOST}X: a`, 408, "request-timeout"),
      expectProblem(
        `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
        408,
        "request-timeout",
      ),
    ]);
  });

  test("speaks the language that was asked for where it can still be read", async () => {
    const english = await expectProblem(`GET /one HTTP/1.1\r\n${HOST}Accept-Language: en\r\nBad Header: x\r\n\r\n`, 400, "invalid-header");
    expect([english.headers["content-language"], JSON.parse(english.body).title]).toEqual(["en", "Invalid header"]);
    const vietnamese = await expectProblem("HELLO\r\n\r\n", 400, "invalid-header");
    expect(vietnamese.headers["content-language"]).toBe("vi");
  });

  test("CONNECT is 405 with Allow, and an expectation that nobody knows is ignored", async () => {
    const reply = await send("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    expect([reply.status, reply.headers["allow"]]).toEqual([405, "GET, HEAD, POST, PATCH, DELETE, OPTIONS"]);
    expect((await send(`GET /things/1 HTTP/1.1\r\n${HOST}Expect: miracle\r\n\r\n`)).status).toBe(200);
  });

  test("an answer that has been given stays whole when rubbish follows it", async () => {
    const reply = await send(`GET /things/1 HTTP/1.1\r\n${HOST}\r\n`, "RUBBISH\r\n\r\n");
    expect([reply.status, reply.body]).toEqual([200, "{}"]);
  });
});

describe("addresses", () => {
  test("that cannot be decoded are 400 invalid-parameter, and nothing of them is echoed", async () => {
    for (const path of ["/%ZZcanary", "/things/%E0%A4canary", "/%"]) {
      const reply = await expectProblem(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`, 400, "invalid-parameter");
      expect(reply.body).not.toContain("canary");
    }
  });

  test("longer than 8 KiB, or with a segment too long, are 414 uri-too-long", async () => {
    await expectProblem(`GET /one?x=${"a".repeat(9_000)} HTTP/1.1\r\n${HOST}\r\n`, 414, "uri-too-long");
    const reply = await expectProblem(`GET /things/${"canary".repeat(50)} HTTP/1.1\r\n${HOST}\r\n`, 414, "uri-too-long");
    expect(reply.body).not.toContain("canary");
  });
});

describe("Authorization over the wire", () => {
  test("sent twice is 401, even if both are good", async () => {
    const good = `Authorization: Bearer ${await tokenOf(keys)}\r\n`;
    expect((await send(`GET /one HTTP/1.1\r\n${HOST}${good}\r\n`)).status).toBe(200);
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}${good}${good}\r\n`, 401, "unauthenticated");
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}${good}Authorization: \r\n\r\n`, 401, "unauthenticated");
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}authorization: x\r\n${good}\r\n`, 401, "unauthenticated");
  });

  test("of 16 KiB is 401, not a broken header", async () => {
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}Authorization: Bearer ${"a".repeat(16 * 1024)}\r\n\r\n`, 401, "unauthenticated");
  });

  test("Access-Purpose sent twice is 400 invalid-header", async () => {
    const good = `Authorization: Bearer ${await tokenOf(keys)}\r\n`;
    const twice = "Access-Purpose: advice\r\nAccess-Purpose: advice\r\n";
    await expectProblem(`GET /one HTTP/1.1\r\n${HOST}${good}${twice}\r\n`, 400, "invalid-header");
  });
});

describe("a body nobody wants", () => {
  test("is not read to its end: a large or endless one closes the connection with the answer", async () => {
    const large = await expectProblem(`POST /nowhere HTTP/1.1\r\n${HOST}Content-Length: 99999999\r\n\r\nx`, 404, "route-not-found");
    expect(large.headers["connection"]).toBe("close");
    const endless = await expectProblem(
      `POST /one HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`,
      405,
      "method-not-allowed",
    );
    expect(endless.headers["connection"]).toBe("close");
    const small = await expectProblem(`POST /nowhere HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`, 404, "route-not-found");
    expect(small.headers["connection"]).not.toBe("close");
  });
});

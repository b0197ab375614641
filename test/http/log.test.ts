import { spawnSync } from "node:child_process";
import { join } from "node:path";
import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { logOptions, openLog } from "../../src/http/log.ts";
import { as, frontApp } from "./front-app.ts";

const CANARY = "Canary-027085012345";

function recorder() {
  const lines: string[] = [];
  return {
    lines,
    read: () => lines.map((line) => JSON.parse(line)),
    settings: { level: "trace", destination: { write: (line: string) => void lines.push(line) } } as const,
  };
}

async function service() {
  const record = recorder();
  const app = await frontApp({ options: logOptions(record.settings) });
  const config = { scope: ["people:read", "directory:read"] } as const;
  app.get("/v1/people/:id", { schema: { operationId: "getPerson", tags: ["people"] } }, () => ({ name: CANARY }));
  app.post("/v1/people", { config, schema: { hide: true } }, () => {
    throw new Error(`insert into people values ('${CANARY}')`, { cause: new TypeError(CANARY) });
  });
  return { app, ...record };
}

test("where the service listens is no line of the log", () => {
  const { lines, settings } = recorder();
  openLog(settings).info("Server listening at http://127.0.0.1:8371");
  expect(lines).toEqual([]);
});

describe("a request", () => {
  test("leaves one line with the allowed members and no other", async () => {
    const { app, read } = await service();
    const answer = await app.inject({
      url: `/v1/people/1?q=${CANARY}`,
      headers: { ...(await as("office-app", "people:read")), cookie: CANARY },
    });
    expect(read()).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        request_id: answer.headers["x-request-id"],
        operation: "getPerson",
        method: "GET",
        route: "/v1/people/:id",
        status: 200,
        duration_ms: expect.any(Number),
        client: "office-app",
        msg: "request",
      },
    ]);
  });

  test("that is refused or finds no route leaves one too, without its path", async () => {
    const { app, read, lines } = await service();
    await app.inject({ url: `/v1/people/1`, headers: { authorization: `Bearer ${CANARY}` } });
    await app.inject(`/nowhere/${CANARY}`);
    expect(read()).toMatchObject([
      { operation: "getPerson", status: 401, client: null },
      { operation: null, route: null, status: 404, client: null },
    ]);
    expect(lines.join("")).not.toContain(CANARY);
  });

  test("that fails for a reason nobody foresaw leaves names and places in the code, never the words of the error", async () => {
    const { app, read, lines } = await service();
    const headers = { ...(await as("one", "people:read")), "content-type": "application/json" };
    expect((await app.inject({ method: "POST", url: "/v1/people", headers, payload: `{"name":"${CANARY}"}` })).statusCode).toBe(500);
    expect(read()).toMatchObject([
      {
        level: "error",
        failure: [
          { name: "Error", at: [expect.stringContaining("log.test.ts"), ...Array(7).fill(expect.any(String))] },
          { name: "TypeError" },
        ],
      },
      { level: "info", status: 500 },
    ]);
    expect(lines.join("")).not.toContain(CANARY);
  });
});

describe("whoever logs", () => {
  test("what is not on the list is left out, and an error is its name and code alone", () => {
    const { read, lines, settings } = recorder();
    const log = openLog(settings);
    const error = Object.assign(new RangeError(CANARY), { code: "23505", detail: CANARY });
    log.info({ name: CANARY, body: { citizen_id: CANARY }, job: "imports" }, "done");
    log.error(error);
    log.warn({ err: error, req: { url: CANARY } }, error.message);
    log.child({ person: CANARY }).info("later");
    expect(read()).toMatchObject([
      { job: "imports", msg: "done" },
      { err: { name: "RangeError", code: "23505" }, msg: "failed" },
      { err: { name: "RangeError", code: "23505" }, msg: "failed" },
      { msg: "later" },
    ]);
    expect(lines.join("")).not.toContain(CANARY);
  });

  test("the framework says nothing of its own about a request, not even where its own handlers answer", async () => {
    const { read, lines, settings } = recorder();
    const app = Fastify(logOptions(settings));
    app.get("/", () => {
      throw new Error(CANARY);
    });
    await app.inject(`/?q=${CANARY}`);
    await app.inject(`/${CANARY}`);
    expect(read()).toHaveLength(2);
    expect(lines.join("")).not.toContain(CANARY);
  });
});

describe("the log of a process", () => {
  const run = (code: string) => {
    const log = JSON.stringify(join(import.meta.dirname, "../../src/http/log.ts"));
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", `const { openLog } = await import(${log}); ${code}`]);
    return stdout
      .toString()
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [JSON.parse(line).msg]));
  };

  test("has every line in order when the process ends by itself, by exit, and by an error that nobody caught", () => {
    const lines = 'const log = openLog({ level: "info" }); for (const line of ["a", "b", "c"]) log.info(line);';
    expect([run(lines), run(`${lines} process.exit(3)`), run(`${lines} throw new Error("x")`)]).toEqual(
      Array.from({ length: 3 }, () => ["a", "b", "c"]),
    );
  });

  test("lacks at most the turn in which the process was killed, and no error", () => {
    const turn = 'const log = openLog({ level: "info" }); log.info("before"); await new Promise((go) => setImmediate(go));';
    const killed = 'process.kill(process.pid, "SIGKILL"); for (;;);';
    expect(run(`${turn} log.error("broken"); ${killed}`)).toEqual(["before", "broken"]);
    expect(run(`${turn} log.info("same turn"); ${killed}`)).toEqual(["before"]);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  return registry.close;
});

const known = async (body: object): Promise<string> => (await registry.admin.post("/v1/people", body)).body.id;
const create = (body: object, { agent = clerk, query = "" } = {}) =>
  agent.call({ method: "POST", path: `/v1/people${query}`, body, headers: { "content-type": "application/json" } });
const ids = ({ body }: { body: { candidates?: { id: string }[] } }) => body.candidates?.map(({ id }) => id);

describe("POST /v1/people of somebody who may stand already", () => {
  test("is 409 with the candidates: who they are, why, and nothing that asks for a purpose; nothing is written", async () => {
    const id = await known({ name: { full: "Mẫu Văn Trùng" }, birth_date: "1980-05-06", gender: "male", phones: ["+84912345678"] });
    const [before] = await registry.sql("select count(*), (select last_value from person_numbers_n_seq) from people");
    const answer = await create({ name: { full: "MẪU VĂN TRÚNG" }, birth_date: "1980" });
    expect([answer.status, answer.body.code]).toEqual([409, "possible-duplicate"]);
    expect(answer.body.candidates).toEqual([
      expect.objectContaining({
        id,
        name: expect.objectContaining({ full: "Mẫu Văn Trùng" }),
        birth_date: "1980-05-06",
        reason: "possible",
      }),
    ]);
    expect(answer.text).not.toContain("+849");
    expect(await registry.sql("select count(*), (select last_value from person_numbers_n_seq) from people")).toEqual([before]);
  });

  test("is created all the same with on_duplicate=create, and a trial says what the real one would", async () => {
    const body = { name: { full: "Mẫu Thị Hai" }, birth_date: "1981-01-02" };
    await known(body);
    expect((await create(body, { query: "?dry_run=true" })).body.code).toBe("possible-duplicate");
    expect((await create(body, { query: "?on_duplicate=refuse" })).body.code).toBe("possible-duplicate");
    expect((await create(body, { query: "?on_duplicate=create" })).status).toBe(201);
  });

  test("with a birth date that cannot be the same, or another name, is somebody else", async () => {
    await known({ name: { full: "Mẫu Văn Ba" }, birth_date: "1970-01" });
    expect((await create({ name: { full: "Mẫu Văn Ba" }, birth_date: "1971" })).status).toBe(201);
    expect((await create({ name: { full: "Mẫu Văn Bốn" }, birth_date: "1970" })).status).toBe(201);
  });

  test("from the same supplier on the same day is told as such", async () => {
    const [unit] = await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'");
    const body = { name: { full: "Mẫu Văn Năm" }, birth_date: "1972-03-04", source: { organization_id: unit!.id } };
    await known(body);
    expect((await create(body)).body.candidates[0].reason).toBe("same_source");
  });

  test("of two at once one is created, and the other told of it", async () => {
    for (let n = 0; n < 5; n++) {
      const body = { name: { full: `Mẫu Thị Song ${"ABCDE"[n]}` }, birth_date: "1983-02-03", degrees: [{ level: "TS" }] };
      const answers = await Promise.all([create(body), create(body)]);
      const [made, refused] = answers.toSorted((a, b) => a.status - b.status);
      expect([made!.status, refused!.status, refused!.body.code]).toEqual([201, 409, "possible-duplicate"]);
      expect(ids(refused!)).toEqual([made!.body.id]);
    }
  });

  test("names ten at most, and says how many more there are", async () => {
    for (let n = 0; n < 12; n++) await known({ name: { full: "Mẫu Văn Đông" } });
    const { body } = await create({ name: { full: "Mẫu Văn Đông" } });
    expect([body.candidates.length, body.candidates_omitted]).toEqual([10, 2]);
  });

  test("looks only among those whom the caller may read: hidden ones, other territories, and nobody for who reads nobody", async () => {
    const [unit] = await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'");
    const body = { name: { full: "Mẫu Văn Sáu" } };
    const here = { ...body, affiliations: [{ kind: "employment", organization_id: unit!.id }] };
    const elsewhere = await known(body);
    expect((await create(here, { agent: registry.as({ org: ["SYT"] }) })).status).toBe(201);
    const again = await create(here, { agent: registry.as({ org: ["SYT"] }) });
    expect(again.status).toBe(409);
    expect(ids(again)).not.toContain(elsewhere);
    expect((await create(body, { agent: registry.as({ scope: ["people:write"] }) })).status).toBe(201);
    const hidden = await known({ name: { full: "Mẫu Văn Bảy" } });
    await clerk.delete(`/v1/people/${hidden}`, 1);
    expect((await create({ name: { full: "Mẫu Văn Bảy" } })).status).toBe(201);
  });

  test("does not tell by a citizen id that the caller may not read; who may read it is told apart by it", async () => {
    const body = { name: { full: "Mẫu Văn Tám" }, birth_date: "1975" };
    await known({ ...body, citizen_id: "024085000801" });
    const other = { ...body, citizen_id: "024085000802" };
    expect((await create(other)).body.code).toBe("possible-duplicate");
    expect((await create(other, { agent: registry.admin })).status).toBe(201);
  });

  test("whom an identifier proves is duplicate-identifier, which no parameter overrides", async () => {
    const body = { name: { full: "Mẫu Văn Chín" }, identifiers: [{ scheme: "wos", value: "TRUNG-9" }] };
    await known(body);
    for (const query of ["", "?on_duplicate=create"]) expect((await create(body, { query })).body.code).toBe("duplicate-identifier");
  });

  test("what is wrong with the body comes first, and with the parameter before it", async () => {
    const body = { name: { full: "Mẫu Văn Mười" } };
    await known(body);
    expect((await create({ ...body, gender: "x" })).status).toBe(422);
    for (const query of ["?on_duplicate=merge", "?on_duplicate=", "?on_duplicate=create&on_duplicate=create"]) {
      const { status, body: problem } = await create(body, { query });
      expect([query, status, problem.errors[0].parameter]).toEqual([query, 400, "on_duplicate"]);
    }
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { PUBLIC_URL, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let keeper: Agent;
let anyone: Agent;
const id: Record<string, string> = {};
beforeAll(async () => {
  registry = await startRegistry();
  keeper = registry.as({ scope: ["reference:write"] });
  anyone = registry.as({ scope: [] });
  for (const row of await registry.sql<{ code: string; id: string }>(
    "select code, id from organizations where code in ('UBND', 'SYT', 'SKHCN', 'SKHDT')",
  ))
    id[row.code] = row.id;
  return registry.close;
});

const hospital = (code: string, more: object = {}) => ({ code, name: `Bệnh viện ${code}`, kind: "public_service_unit", ...more });

describe("/v1/organizations", () => {
  test("adds, changes, hides and brings back; the code is never used again", async () => {
    const made = await keeper.post("/v1/organizations", hospital("BV-1", { parent_id: id["SYT"], parent_since: "2020-01-01" }));
    expect([made.status, made.headers["location"]]).toEqual([201, `${PUBLIC_URL}/v1/organizations/${made.body.id}`]);
    expect(made.body).toMatchObject({
      code: "BV-1",
      parent: { id: id["SYT"], code: "SYT", name: "Sở Y tế" },
      status: "active",
      version: 1,
    });
    const path = `/v1/organizations/${made.body.id}`;
    expect((await keeper.patch(path, { short_name: "BV1" })).status).toBe(428);
    expect((await keeper.patch(path, { short_name: "BV1" }, 1)).body).toMatchObject({ short_name: "BV1", version: 2 });
    expect((await keeper.patch(path, { short_name: "BV1" }, 2)).body.version).toBe(2);
    expect((await keeper.patch(path, { code: "BV-X" }, 2)).body.code).toBe("unknown-field");
    expect((await keeper.patch(path, { name: null }, 2)).body).toMatchObject({ status: 422, code: "validation-failed" });
    expect((await keeper.delete(path, 2)).status).toBe(204);
    expect((await anyone.get(path)).body.code).toBe("deleted");
    expect((await anyone.get("/v1/organizations?code=BV-1")).body.data).toEqual([]);
    expect((await keeper.post("/v1/organizations", hospital("BV-1"))).body).toMatchObject({ status: 409, code: "duplicate-identifier" });
    expect((await keeper.post(`${path}/restorations`)).body).toMatchObject({ version: 4 });
    expect((await keeper.post(`${path}/restorations`)).body.code).toBe("state-conflict");
  });

  test("is not hidden while people or other organizations stand in it", async () => {
    const { body } = await keeper.post("/v1/organizations", hospital("BV-2"));
    const person = await registry
      .as()
      .post("/v1/people", { name: { full: "Bùi Văn Làm" }, affiliations: [{ kind: "employment", organization_id: body.id }] });
    expect((await keeper.delete(`/v1/organizations/${body.id}`, 1)).body).toMatchObject({ status: 409, code: "in-use" });
    await registry.as().delete(`/v1/affiliations/${person.body.affiliations[0].id}`, 1);
    expect((await keeper.delete(`/v1/organizations/${body.id}`, 1)).status).toBe(204);
    for (const way of ["", "/successors", "/predecessors"])
      expect((await keeper.get(`/v1/organizations/${body.id}${way}`)).status).toBe(410);
    expect((await keeper.delete(`/v1/organizations/${id["UBND"]}`, 1)).body.code).toBe("in-use");
  });

  test("cannot stand below itself, nor below what does not stand", async () => {
    const patch = async (parent: string | undefined) =>
      (await keeper.patch(`/v1/organizations/${id["UBND"]}`, { parent_id: parent }, 1)).body;
    expect(await patch(id["SYT"])).toMatchObject({ status: 422, errors: [{ pointer: "/parent_id" }] });
    expect(await patch(id["UBND"])).toMatchObject({ status: 422, errors: [{ pointer: "/parent_id" }] });
    expect(await patch("01a00000-0000-7000-8000-00000000abcd")).toMatchObject({ code: "unknown-code" });
    expect((await keeper.post("/v1/organizations", hospital("bệnh viện"))).body).toMatchObject({
      status: 422,
      errors: [{ pointer: "/code" }],
    });
    expect((await keeper.post("/v1/organizations", hospital("BV-3", { valid_from: "2020", valid_to: "2019" }))).body.code).toBe(
      "date-order",
    );
  });

  test("does not end before it was founded, be it by two changes", async () => {
    const { body } = await keeper.post("/v1/organizations", hospital("BV-5", { valid_from: "2020" }));
    expect((await keeper.patch(`/v1/organizations/${body.id}`, { valid_to: "2019" }, 1)).body).toMatchObject({
      code: "date-order",
      errors: [{ pointer: "/valid_to" }],
    });
    expect((await keeper.patch(`/v1/organizations/${body.id}`, { valid_to: "2020" }, 1)).status).toBe(200);
  });

  test("keeps an earlier parent with its days", async () => {
    const { body } = await keeper.post("/v1/organizations", hospital("BV-4", { parent_id: id["SYT"], parent_since: "2015-01-01" }));
    await keeper.patch(`/v1/organizations/${body.id}`, { parent_id: id["SKHCN"], parent_since: "2024-03-01" }, 1);
    const links = await registry.sql(
      "select to_id, kind, valid_from::text, valid_to::text from organization_links where from_id = $1",
      body.id,
    );
    expect(links).toEqual([{ to_id: id["SYT"], kind: "parent", valid_from: "2015-01-01", valid_to: "2024-02-29" }]);
    expect(
      (await anyone.get("/v1/organizations?parent:below=SKHCN&fields=code")).body.data.map(({ code }: { code: string }) => code),
    ).toContain("BV-4");
  });

  test("lists those of today, of a day with as_of, and by code whatever the day", async () => {
    const codes = async (query: string) =>
      (await anyone.get(`/v1/organizations?limit=500&fields=code&${query}`)).body.data.map(
        ({ code }: { code: string }) => code,
      ) as string[];
    expect(await codes("kind=state_agency")).not.toContain("SKHDT");
    expect(await codes("kind=state_agency&as_of=2025-01-01")).toContain("SKHDT");
    expect(await codes("code=SKHDT")).toEqual(["SKHDT"]);
    expect(await codes("name:match=khoa hoc cong nghe&kind=state_agency")).toEqual(["SKHCN"]);
  });

  test("says what became of it, and where it came from", async () => {
    const successors = await anyone.get(`/v1/organizations/${id["SKHDT"]}/successors`);
    expect(successors.body.data.map(({ organization }: { organization: { code: string } }) => organization.code)).toEqual(["STC"]);
    const predecessors = await anyone.get(`/v1/organizations/${id["SKHCN"]}/predecessors`);
    expect(predecessors.body.data.map(({ organization }: { organization: { code: string } }) => organization.code)).toContain("STTTT");
  });
});

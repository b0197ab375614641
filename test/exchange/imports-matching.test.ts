import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { analysed, committed, rowsOf, settled } from "./office.ts";

// Each import starts a thread of its own, which a busy machine makes wait.
vi.setConfig({ testTimeout: 60_000 });

let registry: Registry;
let office: Agent;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  office = registry.as({ scope: ["imports"], client: "office" });
});
afterAll(() => registry.close());

const csv = (...rows: string[]): string =>
  `${["Họ và tên,Ngày sinh,Giới tính,Số CCCD,Mã CB,Điện thoại,Trình độ,Đơn vị công tác", ...rows].join("\n")}\n`;
const preview = (organization_id: string, ...rows: string[]) => analysed(office, "a.csv", csv(...rows), { organization_id });
const apply = async (organization_id: string, ...rows: string[]) => committed(office, (await preview(organization_id, ...rows)).id);
const outcomes = async (id: string): Promise<[string, string | null][]> =>
  (await rowsOf(office, id)).map(({ outcome, match }) => [outcome, match?.reason ?? null]);
const named = (name: string) =>
  registry.sql<{ id: string; version: number; phones: string[]; hidden: boolean }>(
    "select id, version, phones, hidden_at is not null as hidden from people where name_full = $1 order by id",
    name,
  );

describe("a row is the person of the registry", () => {
  test("who has its citizen id, whatever the name and the supplier", async () => {
    await apply("SNV", "Trần Thị Một,01/01/1980,Nữ,024180000011,,,Thạc sĩ,");
    const { id } = await preview("SYT", "Trần Thị Mốt,02/01/1980,Nữ,024180000011,,,Tiến sĩ,");
    expect(await outcomes(id)).toEqual([["update", "citizen_id"]]);
  });

  test("who has its number at the same supplier", async () => {
    await apply("SNV", "Trần Thị Hai,01/01/1980,Nữ,,SH2,,Thạc sĩ,");
    expect(await outcomes((await preview("SNV", "Trần Thị Hải,05/05/1982,Nữ,,SH2,,Thạc sĩ,")).id)).toEqual([["update", "identifier"]]);
    const other = await preview("SYT", "Trần Thị Khác,05/05/1982,Nữ,,SH2,,Thạc sĩ,");
    expect(await outcomes(other.id)).toEqual([["create", null]]);
  });

  test("with the same folded name and an equal birth date from the same supplier; otherwise a possible duplicate", async () => {
    await apply("SNV", "Lê Văn Ân,03/03/1970,Nam,,,,Thạc sĩ,");
    expect(await outcomes((await preview("SNV", "Lê Văn An,03/03/1970,Nam,,,,Tiến sĩ,")).id)).toEqual([["update", "same_source"]]);
    expect(await outcomes((await preview("SYT", "Lê Văn An,03/03/1970,Nam,,,,,")).id)).toEqual([["possible_duplicate", "possible"]]);
    expect(await outcomes((await preview("SNV", "Lê Văn An,1970,Nam,,,,,")).id)).toEqual([["possible_duplicate", "possible"]]);
    expect(await outcomes((await preview("SNV", "Lê Văn An,04/03/1970,Nam,,,,,")).id)).toEqual([["create", null]]);
  });

  test("unless a row before has said it: two rows of one person in a file wait for a decision", async () => {
    const twice = "Phạm Thị Đôi,01/02/1975,Nữ";
    const { id } = await preview(
      "SNV",
      "Phạm Thị Nhất,1975,Nữ,024175000019,,,,",
      "Phạm Thị Nhì,1975,Nữ,024175000019,,,,",
      "Phạm Thị Ba,1975,Nữ,,T7,,,",
      "Phạm Thị Bốn,1976,Nữ,,T7,,,",
      `${twice},,,,,`,
      `${twice},,,,Tiến sĩ,`,
    );
    expect(await outcomes(id)).toEqual(
      [1, 2, 3].flatMap(() => [
        ["create", null],
        ["possible_duplicate", "same_file"],
      ]),
    );
    expect((await rowsOf(office, id)).map(({ match }) => match?.row ?? null)).toEqual([null, 2, null, 4, null, 6]);
    expect((await committed(office, id)).counts).toMatchObject({ applied: 3, possible_duplicate: 3 });
    const again = await preview("SNV", `${twice},,,,,`, `${twice},,,,Tiến sĩ,`, "Ai Đó Khác,1980,Nữ,,,,,");
    expect((await outcomes(again.id)).map(([outcome]) => outcome)).toEqual(["unchanged", "possible_duplicate", "create"]);
  });
});

describe("a supplier", () => {
  test("touches only its own facts, and own members only of whom it brought", async () => {
    await apply("SNV", "Đỗ Văn Riêng,01/01/1972,Nam,024072000018,,0911000001,Thạc sĩ,");
    const [person] = await named("Đỗ Văn Riêng");
    const { id } = await preview("SYT", "Đỗ Văn Riêng,01/01/1972,Nam,024072000018,Y1,0922000002,Tiến sĩ,Bệnh viện A");
    await committed(office, id);
    const [after] = await named("Đỗ Văn Riêng");
    expect(after).toMatchObject({ id: person!.id, phones: ["+84911000001"] });
    const degrees = await registry.sql(
      "select d.level, o.code, d.version from degrees d join organizations o on o.id = d.source_organization_id where d.person_id = $1 order by d.level",
      person!.id,
    );
    expect(degrees).toEqual([
      { level: "ThS", code: "SNV", version: 1 },
      { level: "TS", code: "SYT", version: 1 },
    ]);
    const third = await preview("SYT", "Đỗ Văn Riêng,01/01/1972,Nam,024072000018,Y1,0922000002,Tiến sĩ,Bệnh viện A", "");
    expect(await outcomes(third.id)).toEqual([["unchanged", "citizen_id"]]);
  });
});

describe("PATCH /v1/imports/{id}/rows/{row_id}", () => {
  test("makes a doubtful row a new person, an update of a named one, or nothing", async () => {
    await apply("SNV", "Vũ Thị Ngờ,1970,Nữ,,,0933000001,,");
    const [person] = await named("Vũ Thị Ngờ");
    const { id } = await preview(
      "SYT",
      "Vũ Thị Ngờ,01/05/1970,Nữ,,,,Tiến sĩ,",
      "Vũ Thị Ngớ,1970,Nữ,,,,,",
      "Vũ Thị Ngộ,1970,Nữ,,,,,",
      "Vũ Thị Ngợ,1970,Nữ,,,,,",
    );
    const rows = await rowsOf(office, id);
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array(4).fill("possible_duplicate"));
    const decide = (n: number, body: object) => office.patch(`/v1/imports/${id}/rows/${rows[n].id}`, body);
    expect((await decide(0, { decision: "update" })).body).toMatchObject({ decision: "update", target_id: person!.id });
    expect((await decide(1, { decision: "create" })).body).toMatchObject({ decision: "create", target_id: null });
    expect((await decide(2, { decision: "skip" })).status).toBe(200);
    const nobody = await decide(3, { decision: "update", target_id: id });
    expect([nobody.status, nobody.body.code]).toEqual([422, "unknown-code"]);
    expect((await committed(office, id)).counts.applied).toBe(2);
    expect(await named("Vũ Thị Ngớ")).toHaveLength(1);
    expect([...(await named("Vũ Thị Ngộ")), ...(await named("Vũ Thị Ngợ"))]).toEqual([]);
    expect(await registry.sql("select level from degrees where person_id = $1", person!.id)).toEqual([{ level: "TS" }]);
  });

  test("cannot make a person of a row with an error", async () => {
    const { id } = await preview("SNV", "Vũ Văn Lỗi,31/02/1970,Nam,,,,,");
    const [row] = await rowsOf(office, id);
    expect([row.outcome, row.read.birth_date]).toEqual(["error", "1970"]);
    expect(row.problems[0]).toMatchObject({ severity: "error", cell: "B2", code: "date-invalid" });
    const answer = await office.patch(`/v1/imports/${id}/rows/${row.id}`, { decision: "create" });
    expect([answer.status, answer.body.code]).toEqual([409, "state-conflict"]);
    expect((await office.patch(`/v1/imports/${id}/rows/${row.id}`, { decision: "skip" })).status).toBe(200);
    expect((await committed(office, id)).counts.applied).toBe(0);
  });
});

describe("a commitment", () => {
  test("decides anew what another import has settled since the preview", async () => {
    const row = "Bùi Thị Song,09/09/1969,Nữ,024169000015,S1,,Tiến sĩ,Trường A";
    const [first, second] = [await preview("SNV", row), await preview("SNV", row, "Bùi Thị Thêm,1960,Nữ,,S2,,,")];
    expect(second.counts).toMatchObject({ create: 2 });
    await committed(office, first.id);
    expect((await committed(office, second.id)).counts).toMatchObject({ applied: 1, create: 1, unchanged: 1 });
    expect(await named("Bùi Thị Song")).toHaveLength(1);
  });

  test("sent again with its key is answered alike, and with another one is a conflict", async () => {
    const { id } = await preview("SNV", "Bùi Thị Khoá,1961,Nữ,,K1,,,");
    const commit = (key: string, agent = office) => agent.post(`/v1/imports/${id}/commitment`, undefined, { "idempotency-key": key });
    const answers = await Promise.all([commit("once"), commit("once")]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(answers[0]!.text).toBe(answers[1]!.text);
    expect(answers.map(({ headers }) => headers["idempotency-replayed"]).toSorted()).toEqual(["true", undefined]);
    expect((await settled(office, id)).counts.applied).toBe(1);
    expect((await commit("once")).body.state).toBe("committing");
    const other = await commit("another");
    expect([other.status, other.body.code]).toEqual([409, "state-conflict"]);
    const { id: next } = await preview("SNV", "Bùi Thị Khoá Hai,1962,Nữ,,K2,,,");
    const reused = await office.post(`/v1/imports/${next}/commitment`, undefined, { "idempotency-key": "once" });
    expect([reused.status, reused.body.code]).toEqual([422, "idempotency-key-reused"]);
  });

  test("brings nobody back who was hidden since the preview", async () => {
    await apply("SNV", "Hồ Văn Ẩn,09/09/1969,Nam,,H1,0944000001,,");
    const { id } = await preview("SNV", "Hồ Văn Ẩn,09/09/1969,Nam,,H1,0944000002,,");
    const [person] = await named("Hồ Văn Ẩn");
    expect((await registry.admin.delete(`/v1/people/${person!.id}`, 1)).status).toBe(204);
    const after = await committed(office, id);
    expect(after).toMatchObject({ state: "committed", counts: { applied: 0 } });
    expect(await named("Hồ Văn Ẩn")).toMatchObject([{ hidden: true, phones: ["+84944000001"] }]);
  });

  test("is applied once by two runners, and once when the job runs again", async () => {
    const rows = Array.from(
      { length: 1200 },
      (_, n) => `Ngô Thị Lặp ${"ABCDEFGHIKLMNOPQ"[n % 16]},${1950 + (n % 40)},Nữ,,L${n},,Tiến sĩ,Trường A`,
    );
    const { id, counts } = await preview("STC", ...rows);
    const { importJobs } = await import("../../src/exchange/imports/jobs.ts");
    const job = importJobs(registry.work)["commit_import"]!;
    expect((await office.post(`/v1/imports/${id}/commitment`)).status).toBe(202);
    await Promise.allSettled([job({ import_id: id }, 1), job({ import_id: id }, 1)]);
    const after = await settled(office, id);
    await job({ import_id: id }, 2);
    expect(after).toMatchObject({ state: "committed", counts: { applied: counts.create } });
    expect(await registry.sql("select count(*)::int as n from people where import_id = $1", id)).toEqual([{ n: counts.create }]);
  });
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { analysed, committed, rowsOf, upload } from "./office.ts";

// Each import starts a thread of its own, which a busy machine makes wait.
vi.setConfig({ testTimeout: 60_000 });

let registry: Registry;
let office: Agent;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  office = registry.as({ scope: ["imports"], client: "office" });
  clerk = registry.as({ scope: ["people:read", "people:read.restricted"], purpose: "verification" });
});
afterAll(() => registry.close());

const form = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/forms/${name}`, import.meta.url));
const FORMS = [
  ["so-y-te-2025.xlsx", "SYT"],
  ["hoi-vien-lien-hiep-hoi.csv", "LHH"],
  ["dai-hoc-kinh-bac-vntime.xls", "SGDDT"],
  ["dai-hoc-kinh-bac-vntime.xlsx", "SNV"],
] as const;
const OUTCOMES = ["create", "update", "unchanged", "possible_duplicate", "error", "skipped"];
const people = async (): Promise<number> => (await registry.sql<{ n: number }>("select count(*)::int as n from people"))[0]!.n;

const HEADER = "Họ và tên,Ngày sinh,Giới tính,Số CCCD,Mã CB,Điện thoại,Trình độ,Đơn vị công tác,Chức vụ";
/** Rows of one office's csv, under a header that says all that these tests need. */
const csv = (...rows: string[]): string => `${[HEADER, ...rows].join("\n")}\n`;
let turn = 0;
/** Nobody else's name in this file. */
const someone = (): string =>
  `Nguyễn ${"Minh Thu Hà Sơn Lan Nga Tú Yên Vân Ân Kim".split(" ")[turn % 11]} ${"Anh Bình Chi Dũng Giang Hoa".split(" ")[Math.floor(turn++ / 11)]}`;

describe("the forms of four offices", () => {
  test.each(FORMS)("%s goes through: read, previewed, applied, and once more without effect", async (name, organization_id) => {
    const before = await people();
    const preview = await analysed(office, name, form(name), { organization_id, received_on: "2026-11-20", document: "CV 12/2026" });
    const { counts } = preview;
    expect(preview).toMatchObject({ state: "preview", problem: null, received_on: "2026-11-20", document: "CV 12/2026" });
    expect(preview.organization.code).toBe(organization_id);
    expect(counts.people + counts.other).toBe(counts.used);
    expect(OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)).toBe(counts.people);
    expect(await people()).toBe(before);

    const rows = await rowsOf(office, preview.id);
    for (const outcome of OUTCOMES) expect(rows.filter((row) => row.outcome === outcome)).toHaveLength(counts[outcome]);
    const wrong = rows.flatMap((row) => row.problems.filter((one: { cell: string }) => !new RegExp(`^[A-Z]+${row.row}$`).test(one.cell)));
    expect(wrong).toEqual([]);

    const after = await committed(office, preview.id);
    expect(after).toMatchObject({ state: "committed", progress: null });
    expect(after.counts.applied).toBe(after.counts.create + after.counts.update);
    expect(await people()).toBe(before + after.counts.create);

    const again = await upload(office, "another-name.csv", form(name), { organization_id });
    expect([again.status, again.body.code, again.body.import_id]).toEqual([409, "import-already-applied", preview.id]);
  });

  test("what stands in the registry afterwards is what the rows read, with its source and origin", async () => {
    const [{ id, organization_id }] = (await registry.sql<{ id: string; organization_id: string }>(
      "select id, organization_id from imports where file_name = 'so-y-te-2025.xlsx'",
    )) as [{ id: string; organization_id: string }];
    const [row] = (
      await rowsOf(registry.as({ scope: ["imports", "people:read", "people:read.restricted"], purpose: "verification" }), id)
    ).filter(({ outcome, read }) => outcome === "create" && read.degrees.length > 0 && read.citizen_id !== null);
    const found = await clerk.post("/v1/people/search", {
      filter: `citizen_id = "${row.read.citizen_id}"`,
      include: "degrees,affiliations",
    });
    expect(found.status, found.text).toBe(200);
    const [person] = found.body.data;
    expect(person).toMatchObject({
      name: row.read.name,
      gender: row.read.gender,
      birth_date: row.read.birth_date,
      phones: row.read.phones,
      citizen_id: row.read.citizen_id,
      source: { organization_id, received_on: "2026-11-20", document: "CV 12/2026" },
    });
    expect(person.degrees[0]).toMatchObject({ level: row.read.degrees[0].level, level_scheme: expect.stringMatching(/^degree-levels@/) });
    const origin = await registry.sql("select import_id, import_row, origin_person_id from degrees where person_id = $1", person.id);
    expect(origin[0]).toEqual({ import_id: id, import_row: row.row, origin_person_id: person.id });
    const history = await registry.sql("select import_id, actor, client, version from revisions where record_id = $1", person.id);
    expect(history).toEqual([{ import_id: id, actor: "local-user", client: "office", version: 1 }]);
  });
});

describe("what was uploaded", () => {
  test("lies sealed in the database, and no citizen id lies open in its rows", async () => {
    const id = "024080000017";
    const preview = await analysed(office, "a.csv", csv(`${someone()},01/02/1980,Nam,${id},,,,,`), { organization_id: "SNV" });
    const [held] = await registry.sql<{ file: string; row: string }>(
      `select encode(f.sealed, 'escape') as file, to_jsonb(r)::text as row from import_files f join import_rows r using (import_id) where import_id = $1`,
      preview.id,
    );
    expect(held!.file).not.toMatch(/Nguy|024080000017/);
    expect(held!.row).not.toContain(id);
  });

  test("shows a citizen id only to the scope together with a purpose, and names it redacted otherwise", async () => {
    const preview = await analysed(office, "a.csv", csv(`${someone()},01/02/1980,Nam,024080000025,,,,,`), { organization_id: "SNV" });
    const [closed] = await rowsOf(office, preview.id);
    expect(closed.redacted).toContain("citizen_id");
    expect(closed.read).not.toHaveProperty("citizen_id");
    const scoped = { scope: ["imports", "people:read", "people:read.restricted"] as const, client: "office" };
    const [silent] = await rowsOf(registry.as(scoped), preview.id);
    expect(silent.read).not.toHaveProperty("citizen_id");
    const [open] = await rowsOf(registry.as({ ...scoped, purpose: "verification" }), preview.id);
    expect(open.read.citizen_id).toBe("024080000025");
    expect(open.redacted ?? []).not.toContain("citizen_id");
  });

  test("goes 30 days after the end, with its rows; a preview that nobody applied expires", async () => {
    const preview = await analysed(office, "a.csv", csv(`${someone()},1980,Nam,,,,,,`), { organization_id: "SNV" });
    await registry.sql("update imports set created_at = now() - interval '31 days' where id = $1", preview.id);
    const { importJobs } = await import("../../src/exchange/imports/jobs.ts");
    await importJobs(registry.work)["sweep_imports"]!({}, 1);
    expect((await office.get(`/v1/imports/${preview.id}`)).body.state).toBe("expired");
    await registry.sql("update imports set ended_at = now() - interval '31 days' where id = $1", preview.id);
    await importJobs(registry.work)["sweep_imports"]!({}, 1);
    const count =
      "select (select count(*) from import_files where import_id = $1)::int as files, (select count(*) from import_rows where import_id = $1)::int as rows";
    expect(await registry.sql(count, preview.id)).toEqual([{ files: 0, rows: 0 }]);
  });
});

describe("the same office's next file", () => {
  test("with the same content in other bytes changes nothing: no version, no revision", async () => {
    const list = [
      `${someone()},02/03/1981,Nam,024081000011,K1,0912345671,Thạc sĩ,Trường A,Giáo viên`,
      `${someone()},1975,Nữ,,K2,0912345672,Đại học,,`,
    ];
    const first = await analysed(office, "a.csv", csv(...list), { organization_id: "SXD" });
    await committed(office, first.id);
    const revisions = await registry.sql("select max(id) as last from revisions");
    const second = await analysed(office, "a.csv", `${csv(...list)}\n`, { organization_id: "SXD" });
    expect(second.counts).toMatchObject({ people: 2, unchanged: 2 });
    expect((await committed(office, second.id)).counts).toMatchObject({ applied: 0, unchanged: 2 });
    expect(await registry.sql("select max(id) as last from revisions")).toEqual(revisions);
  });

  test("with corrections updates exactly what differs", async () => {
    const [a, b, c] = [someone(), someone(), someone()];
    const list = (degree: string, phone: string, unit: string) =>
      csv(
        `${a},02/03/1981,Nam,,M1,0912000001,${degree},Trường A,`,
        `${b},03/03/1981,Nữ,,M2,${phone},,Trường A,`,
        `${c},04/03/1981,Nữ,,M3,,,${unit},`,
      );
    await committed(office, (await analysed(office, "a.csv", list("Thạc sĩ", "0912000002", "Trường A"), { organization_id: "SCT" })).id);
    const before = await registry.sql<{ last: string }>("select max(id) as last from revisions");
    const second = await analysed(office, "b.csv", list("Tiến sĩ", "0912999999", "Trường B"), { organization_id: "SCT" });
    expect(second.counts).toMatchObject({ update: 3, unchanged: 0, create: 0 });
    await committed(office, second.id);
    const written = await registry.sql<{ noun: string; version: number; who: string; level: string; phones: string[]; unit: string }>(
      `select r.noun, r.version, p.name_full as who, r."row"->>'level' as level, p.phones, r."row"->>'organization_text' as unit
       from revisions r join people p on p.id = r.person_id where r.id > $1 order by r.noun, r.id`,
      before[0]!.last,
    );
    const seen = written.map(({ noun, who, level, unit, phones }) => [noun, who, noun === "people" ? phones[0] : (level ?? unit)]);
    expect(seen).toContainEqual(["degrees", a, "TS"]);
    expect(seen).toContainEqual(["people", b, "+84912999999"]);
    expect(seen).toContainEqual(["affiliations", c, "Trường B"]);
    expect(seen).toHaveLength(3);
  });

  test("that leaves a value out takes nothing away", async () => {
    const name = someone();
    await committed(
      office,
      (await analysed(office, "a.csv", csv(`${name},05/06/1979,Nam,,N1,0912000077,Tiến sĩ,,`), { organization_id: "STP" })).id,
    );
    const second = await analysed(office, "b.csv", csv(`${name},05/06/1979,Nam,,N1,,,,`), { organization_id: "STP" });
    expect(second.counts).toMatchObject({ unchanged: 1 });
  });
});

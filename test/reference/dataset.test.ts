import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";

type Row = Record<string, string>;

const folder = new URL("../../reference/", import.meta.url);
const FILES = {
  localities: "code,kind,type,name,full_name,parent_code,parent_valid_from,valid_from,valid_to",
  locality_lineage: "predecessor_code,predecessor_valid_from,successor_code,successor_valid_from,kind,share,effective_on,document",
  fields: "scheme,version,code,parent_code,level,vi,en",
  field_crosswalk: "from_scheme,from_version,from_code,to_scheme,to_version,to_code",
  code_lists: "list,version,valid_from,valid_to,vi,en,document",
  codes: "list,version,code,vi,en,rank,attributes",
  organizations: "code,vi,en,short,kind,status,valid_from,valid_to,parent_code,locality_code,electronic_id,moet_code,website,note,source",
  organization_lineage: "predecessor_code,successor_code,kind,effective_on,document",
} as const;

const textOf = (name: keyof typeof FILES): string => readFileSync(new URL(`${name}.csv`, folder), "utf8");
const rowsOf = (name: keyof typeof FILES): Row[] => parse<Row>(textOf(name), { columns: true });
const keyOf = (row: Row, ...members: string[]): string => members.map((member) => row[member]).join("@");
const count = (rows: Row[], member: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const value = row[member] ?? "";
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
};
const repeated = (keys: string[]): string[] => keys.filter((key, at) => keys.indexOf(key) !== at);
const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/gu, "d")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
const day = /^(\d{4}-\d{2}-\d{2})?$/u;

const localities = rowsOf("localities");
const lineage = rowsOf("locality_lineage");
const fields = rowsOf("fields");
const crosswalk = rowsOf("field_crosswalk");
const lists = rowsOf("code_lists");
const codes = rowsOf("codes");
const organizations = rowsOf("organizations");
const organizationLineage = rowsOf("organization_lineage");

const onDay = (rows: Row[], date: string): Row[] =>
  rows.filter((row) => (row.valid_from ?? "") <= date && (row.valid_to === "" || (row.valid_to ?? "") >= date));
const localityKeys = new Map(localities.map((row) => [keyOf(row, "code", "valid_from"), row]));
const codesOf = (list: string): Row[] => codes.filter((row) => row.list === list);
const attributesOf = (row: Row): Record<string, unknown> =>
  JSON.parse(row.attributes === "" ? "{}" : (row.attributes ?? "{}")) as Record<string, unknown>;

describe("every file", () => {
  for (const [name, header] of Object.entries(FILES)) {
    test(`${name}.csv has its columns, is NFC and holds no stray character`, () => {
      const text = textOf(name as keyof typeof FILES);
      expect(text.split("\n", 1)[0]).toBe(header);
      expect(text === text.normalize("NFC")).toBe(true);
      expect(text).not.toMatch(/[\r\u00A0\u00AD\u00D0\u00F0\u0189\u0256\u200B-\u200F\uFEFF]/u);
      const cells = rowsOf(name as keyof typeof FILES).flatMap((row) => Object.values(row));
      expect(cells.filter((cell) => cell !== cell.trim() || cell.includes("  "))).toEqual([]);
      expect(text.endsWith("\n")).toBe(true);
    });
  }
});

describe("localities", () => {
  const before = onDay(localities, "2025-06-30");
  const today = onDay(localities, "2025-07-01");

  test("before 2025-07-01: 63 provinces, 696 districts, 10,035 communes", () => {
    expect(count(before, "kind")).toEqual({ province: 63, district: 696, commune: 10_035 });
  });
  test("today: 34 provinces, 3,321 communes and no district", () => {
    expect(count(today, "kind")).toEqual({ province: 34, commune: 3321 });
    expect(
      count(
        today.filter((row) => row.kind === "commune"),
        "type",
      ),
    ).toEqual({ phuong: 697, xa: 2611, dac_khu: 13 });
  });
  test("the new Bắc Ninh, code 24: 99 communes, 33 phường + 66 xã", () => {
    const communes = today.filter((row) => row.kind === "commune" && row.parent_code === "24");
    expect(communes).toHaveLength(99);
    expect(count(communes, "type")).toEqual({ phuong: 33, xa: 66 });
    expect(localityKeys.get("24@2025-07-01")?.full_name).toBe("Tỉnh Bắc Ninh");
    expect(localityKeys.get("24@")?.full_name).toBe("Tỉnh Bắc Giang");
    expect(localityKeys.get("27@")?.full_name).toBe("Tỉnh Bắc Ninh");
    expect(localityKeys.has("27@2025-07-01")).toBe(false);
  });
  test("the 11 provinces that did not change are one row each", () => {
    const unchanged = localities.filter((row) => row.kind === "province" && row.valid_from === "" && row.valid_to === "");
    expect(unchanged.map((row) => row.code)).toEqual(["01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"]);
  });
  test("keys are unique, days are days, names stand in the full name", () => {
    expect(localityKeys.size).toBe(localities.length);
    expect(repeated(onDay(localities, "2025-07-01").map((row) => row.code ?? ""))).toEqual([]);
    for (const row of localities) {
      expect(row.valid_from).toMatch(day);
      expect(row.valid_to).toMatch(day);
      expect(row.full_name).toMatch(/^(Tỉnh|Thành phố|Quận|Huyện|Thị xã|Phường|Xã|Thị trấn|Đặc khu) /u);
      expect(row.full_name?.endsWith(` ${row.name}`)).toBe(true);
      expect(row.code).toMatch(row.kind === "province" ? /^\d{2}$/u : row.kind === "district" ? /^\d{3}$/u : /^\d{5}$/u);
    }
    expect(localityKeys.get("06325@2025-07-01")?.full_name).toBe("Xã Bắc Sơn");
  });
  test("parents exist, are of the level above and live as long", () => {
    for (const row of localities) {
      const parent = localityKeys.get(keyOf(row, "parent_code", "parent_valid_from"));
      if (row.kind === "province") {
        expect(row.parent_code).toBe("");
        continue;
      }
      const above = row.kind === "district" || row.valid_to === "" ? "province" : "district";
      expect(parent?.kind, keyOf(row, "code", "valid_from")).toBe(above);
      expect((parent?.valid_from ?? "") <= (row.valid_from ?? "")).toBe(true);
      expect(parent?.valid_to === "" || parent?.valid_to === row.valid_to).toBe(true);
    }
  });
});

describe("locality lineage", () => {
  const communes = lineage.filter((row) => row.predecessor_code?.length === 5);
  const successors = Map.groupBy(communes, (row) => row.predecessor_code ?? "");
  const predecessors = Map.groupBy(communes, (row) => row.successor_code ?? "");

  test("both ends exist, edges are unique, the end of one is the eve of the other", () => {
    expect(repeated(lineage.map((row) => keyOf(row, "predecessor_code", "successor_code")))).toEqual([]);
    for (const row of lineage) {
      const from = localityKeys.get(keyOf(row, "predecessor_code", "predecessor_valid_from"));
      const to = localityKeys.get(keyOf(row, "successor_code", "successor_valid_from"));
      expect([from?.kind === "district" ? "commune" : from?.kind, from?.valid_to]).toEqual([to?.kind, "2025-06-30"]);
      expect([to?.valid_from, row.effective_on]).toEqual(["2025-07-01", "2025-07-01"]);
    }
  });
  test("provinces: 52 that ended went whole into 23", () => {
    const edges = lineage.filter((row) => row.predecessor_code?.length === 2);
    expect(edges).toHaveLength(52);
    expect(new Set(edges.map((row) => row.predecessor_code)).size).toBe(52);
    expect(new Set(edges.map((row) => row.successor_code)).size).toBe(23);
    expect(count(edges, "document")).toEqual({ "NQ 202/2025/QH15": 52 });
  });
  test("the nation's communes: every old one has a successor; 471 are split, in 1,033 edges", () => {
    expect(successors.size).toBe(10_035);
    expect(communes).toHaveLength(10_597);
    const split = [...successors.values()].filter((edges) => edges.length > 1);
    expect(split).toHaveLength(471);
    expect(count(communes, "kind")).toEqual({ merge: 9432, split: 1033, transfer: 121, rename: 11 });
    for (const row of communes) {
      const several = (successors.get(row.predecessor_code ?? "")?.length ?? 0) > 1;
      expect(row.kind === "split").toBe(several);
      expect(row.share).toBe(several ? "" : "1");
    }
  });
  test("the five districts without communes go whole into the only new communes without an old one", () => {
    const without = onDay(localities, "2025-07-01").filter((row) => row.kind === "commune" && !predecessors.has(row.code ?? ""));
    expect(without.map((row) => row.name)).toEqual(["Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo"]);
    const edges = lineage.filter((row) => row.predecessor_code?.length === 3);
    expect(edges.map((row) => row.successor_code)).toEqual(without.map((row) => row.code));
    for (const row of edges) {
      expect([row.kind, row.share]).toEqual(["rename", "1"]);
      expect(localityKeys.get(`${row.predecessor_code}@`)?.name).toBe(localityKeys.get(`${row.successor_code}@2025-07-01`)?.name);
      expect(localities.some((each) => each.parent_code === row.predecessor_code && each.kind === "commune" && each.valid_to !== "")).toBe(
        false,
      );
    }
  });
  test("each of the 34 provinces has its own resolution", () => {
    const provinceOf = new Map(localities.map((row) => [keyOf(row, "code", "valid_from"), row.parent_code]));
    const pairs = new Set(communes.map((row) => `${provinceOf.get(`${row.successor_code}@2025-07-01`)} ${row.document}`));
    expect(pairs.size).toBe(34);
    expect(new Set(communes.map((row) => row.document)).size).toBe(34);
    expect(pairs.has("24 NQ 1658/NQ-UBTVQH15")).toBe(true);
  });
  test("Bắc Ninh: 313 old communes go to 99 new ones, none is split, all are covered", () => {
    const parents = new Map(localities.filter((row) => row.valid_to !== "").map((row) => [row.code, row.parent_code]));
    const old = localities.filter(
      (row) => row.kind === "commune" && row.valid_to !== "" && ["24", "27"].includes(parents.get(row.parent_code ?? "") ?? ""),
    );
    expect(old).toHaveLength(313);
    const edges = old.flatMap((row) => successors.get(row.code ?? "") ?? []);
    expect(edges).toHaveLength(313);
    const covered = new Set(edges.map((row) => row.successor_code));
    const communes99 = localities.filter((row) => row.kind === "commune" && row.valid_to === "" && row.parent_code === "24");
    expect([...covered].toSorted()).toEqual(communes99.map((row) => row.code).toSorted());
    expect(count(edges, "kind")).toEqual({ merge: 312, transfer: 1 });
  });
});

describe("fields", () => {
  const byKey = new Map(fields.map((row) => [keyOf(row, "scheme", "version", "code"), row]));

  test.each([
    ["rd", "qd-12-2008", { 1: 6, 2: 46, 3: 243 }],
    ["training", "tt-09-2022", { 1: 23, 2: 75, 3: 377 }],
    ["ford", "2015", { 1: 6, 2: 42 }],
    ["isced-f", "2013", { 1: 12, 2: 29, 3: 148 }],
    ["sector", "kh-371-2024", { 1: 14 }],
  ])("%s %s counts its levels", (scheme, version, levels) => {
    const rows = fields.filter((row) => row.scheme === scheme);
    expect(count(rows, "level")).toEqual(levels);
    expect(count(rows, "version")).toEqual({ [version]: rows.length });
  });
  test("keys are unique, parents exist at a level above, labels are there", () => {
    expect(byKey.size).toBe(fields.length);
    for (const row of fields) {
      expect(row.vi).not.toBe("");
      expect(row.en, keyOf(row, "scheme", "code")).not.toBe("");
      if (row.level === "1") {
        expect(row.parent_code).toBe("");
        continue;
      }
      const parent = byKey.get(keyOf(row, "scheme", "version", "parent_code"));
      expect(Number(parent?.level), keyOf(row, "scheme", "code")).toBeLessThan(Number(row.level));
      expect(row.code?.startsWith(row.parent_code ?? "?")).toBe(true);
    }
  });
  test("training codes carry no level digit", () => {
    for (const row of fields.filter((each) => each.scheme === "training")) {
      expect(row.code).toHaveLength(Number(row.level) * 2);
    }
    expect(byKey.get("training@tt-09-2022@14")?.vi).toBe("Khoa học giáo dục và đào tạo giáo viên");
    expect(byKey.get("training@tt-09-2022@480101")?.parent_code).toBe("4801");
  });
  test("the crosswalk leads each R&D field of levels 1 and 2 to one FORD field", () => {
    expect(crosswalk).toHaveLength(52);
    expect(repeated(crosswalk.map((row) => row.from_code ?? ""))).toEqual([]);
    for (const row of crosswalk) {
      const from = byKey.get(keyOf(row, "from_scheme", "from_version", "from_code"));
      const to = byKey.get(keyOf(row, "to_scheme", "to_version", "to_code"));
      expect(from?.level).toBe(to?.level);
      expect(to?.code?.split(".")[0]).toBe(from?.code?.slice(0, 1));
    }
  });
});

describe("code lists", () => {
  test("each list counts its codes", () => {
    expect(count(codes, "list")).toEqual({
      "degree-levels": 16,
      "academic-titles": 2,
      awards: 25,
      "civil-service-grades": 57,
      "ethnic-groups": 56,
      "identifier-schemes": 8,
      "degree-spellings": 109,
      "isced-levels": 9,
      "vqf-levels": 8,
      "citizen-id-places": 63,
      "working-day-calendar": 43,
      "consent-purposes": 5,
      "consent-texts": 5,
      "refusal-grounds": 6,
    });
  });
  test("codes belong to a list version, are unique, labelled in both languages", () => {
    const known = new Set(lists.map((row) => keyOf(row, "list", "version")));
    expect(known.size).toBe(lists.length);
    expect(repeated(codes.map((row) => keyOf(row, "list", "version", "code")))).toEqual([]);
    for (const row of codes) {
      expect(known.has(keyOf(row, "list", "version"))).toBe(true);
      expect(row.vi).not.toBe("");
      expect(row.en, keyOf(row, "list", "code")).not.toBe("");
      expect(row.rank).toMatch(/^\d*$/u);
      expect(attributesOf(row)).toBeTypeOf("object");
    }
  });
  test("the 16 degree levels stand on two ladders", () => {
    const ladders = Map.groupBy(codesOf("degree-levels"), (row) => attributesOf(row).ladder);
    expect(ladders.get("academic")?.map((row) => row.code)).toEqual([
      "TSKH",
      "TS",
      "ThS",
      "KS",
      "BS",
      "DS",
      "KTS",
      "BSTY",
      "CN",
      "CD",
      "TC",
    ]);
    expect(ladders.get("medical_specialist")?.map((row) => row.code)).toEqual(["CKII", "DSCKII", "BSNT", "CKI", "DSCKI"]);
    expect(codesOf("academic-titles").map((row) => row.code)).toEqual(["GS", "PGS"]);
  });
  test("spellings lead to known codes, and forms that fold alike agree", () => {
    const levels = new Set(codesOf("degree-levels").map((row) => row.code));
    const meanings = new Map<string, string>();
    for (const row of codesOf("degree-spellings")) {
      const { academic_title: title, degree } = attributesOf(row);
      if (degree !== null) expect(levels.has(degree as string)).toBe(true);
      expect([null, "GS", "PGS"]).toContain(title);
      const folded = fold(row.code ?? "");
      expect(meanings.get(folded) ?? row.attributes, row.code ?? "").toBe(row.attributes);
      meanings.set(folded, row.attributes ?? "");
    }
  });
  test("citizen id places are the 63 provinces of before, with a zero in front", () => {
    const provinces = onDay(localities, "2025-06-30").filter((row) => row.kind === "province");
    expect(codesOf("citizen-id-places").map((row) => row.code)).toEqual(provinces.map((row) => `0${row.code}`));
  });
  test("the calendar names real days; a working day of it is a Saturday", () => {
    for (const row of codesOf("working-day-calendar")) {
      const date = new Date(`${row.code}T00:00:00Z`);
      expect(date.toISOString().slice(0, 10)).toBe(row.code);
      const { kind, basis } = attributesOf(row);
      expect(["holiday", "working"]).toContain(kind);
      expect(basis).toBeTypeOf("string");
      if (kind === "working") expect(date.getUTCDay()).toBe(6);
    }
  });
});

describe("organizations", () => {
  const byCode = new Map(organizations.map((row) => [row.code, row]));

  test("206 bodies: 34 of the province, 172 universities of the nation", () => {
    expect(organizations).toHaveLength(206);
    expect(organizations.filter((row) => row.code?.startsWith("UNI-"))).toHaveLength(172);
    expect(organizations.filter((row) => row.moet_code !== "")).toHaveLength(160);
    expect(count(organizations, "kind")).toEqual({
      university: 176,
      state_agency: 20,
      public_service_unit: 3,
      intellectual_association: 2,
      party_state_body: 2,
      college: 2,
      other: 1,
    });
  });
  test("codes are unique upper-case ASCII; parents and places exist", () => {
    const provinces = new Set(localities.filter((row) => row.kind === "province").map((row) => row.code));
    expect(byCode.size).toBe(organizations.length);
    expect(repeated(organizations.map((row) => row.moet_code ?? "").filter((code) => code !== ""))).toEqual([]);
    for (const row of organizations) {
      expect(row.code).toMatch(/^[A-Z0-9]+(-[A-Z0-9]+)?$/u);
      expect(row.vi).not.toBe("");
      expect(row.en, row.code ?? "").not.toBe("");
      expect(["active", "dissolved", "merged"]).toContain(row.status);
      expect(row.status === "active").toBe(row.valid_to === "");
      expect(row.valid_from).toMatch(day);
      expect(row.valid_to).toMatch(day);
      if (row.parent_code !== "") expect(byCode.has(row.parent_code ?? "")).toBe(true);
      if (row.locality_code !== "") expect(provinces.has(row.locality_code)).toBe(true);
    }
  });
  test("12 edges lead from bodies that ended to bodies that live", () => {
    expect(organizationLineage).toHaveLength(12);
    for (const row of organizationLineage) {
      expect(byCode.get(row.predecessor_code ?? "")?.status).not.toBe("active");
      expect(byCode.get(row.successor_code ?? "")?.status).toBe("active");
      expect(row.effective_on).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
    }
    const split = organizationLineage.filter((row) => row.predecessor_code === "SLDTBXH");
    expect(split.map((row) => row.successor_code)).toEqual(["SNV", "SGDDT", "SYT", "SNNMT"]);
  });
});

import { stableId } from "../../../reference/loading/ids.ts";
import type { Place, Places } from "./places.ts";
import { Random } from "../random.ts";

/** The supplier that every record of a synthetic population names as its source. */
export const SUPPLIER = "DEMO";

/** Where people of one trade work. */
export type Pool =
  | "preschool" | "primary" | "lower_secondary" | "upper_secondary" | "station" | "hospital" | "committee" | "department"
  | "party" | "university" | "media" | "arts" | "enterprise" | "research" | "court" | "farm"; // prettier-ignore

/** An organization that exists in synthetic populations alone; its code begins with the supplier's. */
export type MadeUnit = {
  id: string;
  code: string;
  name: string;
  kind: string;
  status: string;
  locality_id: string | null;
  parent_code: string | null;
  valid_from: string | null;
  valid_to: string | null;
  pool: Pool | null;
  /** The unit that it followed on 2025-07-01. */
  after?: string[];
};

const SCHOOLS = [
  ["preschool", "MN", "Trường Mầm non"],
  ["primary", "TH", "Trường Tiểu học"],
  ["lower_secondary", "THCS", "Trường THCS"],
  ["upper_secondary", "THPT", "Trường THPT"],
] as const;
const FIRMS = ["Điện tử", "Cơ khí", "May mặc", "Xây dựng", "Dược phẩm", "Bao bì", "Phần mềm", "Thực phẩm", "Vật liệu", "Tư vấn thiết kế"];
const HOSPITALS = [
  "Bệnh viện Đa khoa khu vực số 1",
  "Bệnh viện Đa khoa khu vực số 2",
  "Bệnh viện Sản Nhi khu vực số 1",
  "Bệnh viện Phổi khu vực số 1",
];

const COURTS = ["Tòa án nhân dân", "Viện kiểm sát nhân dân"];

/**
 * The supplier, and for each commune its committee (of before and of today), schools, health station and a firm: the reference data know
 * only the bodies of the province, and a hundred thousand people do not work in those.
 */
export function madeUnits(places: Places): MadeUnit[] {
  const supplier = made("", { name: "Dữ liệu tổng hợp (synthetic)", kind: "other", pool: null });
  const communes = places.home.items;
  const districts = [...new Set(places.homeBefore.map((place) => place.parent_id!))].map((id) => places.byId.get(id)!);
  return [
    supplier,
    ...communes.flatMap((commune) => ofCommune(commune, places)),
    ...places.homeBefore.map((place) =>
      made(`UB-${place.code}-CU`, { ...committee(place), status: "dissolved", valid_to: "2025-06-30", pool: null }),
    ),
    ...districts.map((place) => {
      const seat = places.homeBefore.find((commune) => commune.parent_id === place.id && commune.today_id !== null);
      const options = { name: `Trung tâm Y tế ${place.name}`, kind: "hospital", parent_code: "SYT", pool: "hospital" as const };
      return made(`TTYT-${place.code}`, { ...options, locality_id: seat?.today_id ?? null });
    }),
    ...HOSPITALS.map((name, i) => {
      const place = communes[(i * 7) % Math.max(1, communes.length)];
      return made(`BV-${i + 1}`, { name, kind: "hospital", parent_code: "SYT", locality_id: place?.id ?? null, pool: "hospital" });
    }),
    ...["TA", "VKS"].flatMap((short, i) =>
      [1, 2, 3, 4].flatMap((n) => ofCourt(`${short}-${n}`, COURTS[i]!, n, communes[n * 9]?.id ?? null)),
    ),
    made("NC-1", {
      name: "Trung tâm Ứng dụng tiến bộ khoa học và công nghệ",
      kind: "research_institute",
      parent_code: "SKHCN",
      pool: "research",
    }),
    made("NC-2", { name: "Trạm Nghiên cứu giống cây trồng", kind: "research_institute", parent_code: "SNNMT", pool: "research" }),
    made("NT-1", { name: "Nhà hát Dân ca Quan họ", kind: "public_service_unit", parent_code: "SVHTTDL", pool: "arts" }),
    made("NT-2", { name: "Trung tâm Văn hóa - Nghệ thuật", kind: "public_service_unit", parent_code: "SVHTTDL", pool: "arts" }),
  ];
}

function ofCommune(commune: Place, places: Places): MadeUnit[] {
  const { code, name, id } = commune;
  const random = new Random(Number(code), 0, 8);
  const schools = SCHOOLS.filter(([pool]) => pool !== "upper_secondary" || random.chance(0.5)).map(([pool, short, kind]) =>
    made(`${short}-${code}`, { name: `${kind} ${name}`, kind: "school", parent_code: "SGDDT", locality_id: id, pool }),
  );
  const after = (places.before.get(id) ?? []).map((place) => `${SUPPLIER}-UB-${place.code}-CU`);
  return [
    { ...made(`UB-${code}`, { ...committee(commune), parent_code: "UBND", valid_from: "2025-07-01", pool: "committee" }), after },
    ...schools,
    made(`TYT-${code}`, {
      name: `Trạm Y tế ${lower(commune.full_name)}`,
      kind: "hospital",
      parent_code: "SYT",
      locality_id: id,
      pool: "station",
    }),
    made(`DN-${code}`, { name: `Công ty TNHH ${random.pick(FIRMS)} ${name}`, kind: "enterprise", locality_id: id, pool: "enterprise" }),
    ...(random.chance(0.4)
      ? [made(`HTX-${code}`, { name: `Hợp tác xã Nông nghiệp ${name}`, kind: "enterprise", locality_id: id, pool: "farm" })]
      : []),
  ];
}

/** The courts of the districts ended with the districts. */
function ofCourt(code: string, kind: string, n: number, locality_id: string | null): MadeUnit[] {
  const unit = { kind: "state_agency", locality_id };
  return [
    made(`${code}-CU`, { ...unit, name: `${kind} cấp huyện số ${n}`, status: "dissolved", valid_to: "2025-06-30", pool: null }),
    {
      ...made(code, { ...unit, name: `${kind} khu vực ${n}`, valid_from: "2025-07-01", pool: "court" }),
      after: [`${SUPPLIER}-${code}-CU`],
    },
  ];
}

const committee = (place: Place) => ({ name: `Ủy ban nhân dân ${lower(place.full_name)}`, kind: "state_agency", locality_id: place.id });
const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function made(code: string, options: Partial<MadeUnit> & Pick<MadeUnit, "name" | "kind" | "pool">): MadeUnit {
  const full = code === "" ? SUPPLIER : `${SUPPLIER}-${code}`;
  const usual = { status: "active", locality_id: null, parent_code: null, valid_from: null, valid_to: null };
  return { id: stableId("organization", full), code: full, ...usual, ...options };
}

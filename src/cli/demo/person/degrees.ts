import { blurred, dayIn, THIS_YEAR, type Span } from "./days.ts";
import type { Random } from "../random.ts";
import { weightedWords, type Weighted } from "../random.ts";
import type { Code } from "../world/fields.ts";
import type { Profession } from "../world/professions.ts";
import type { Unit } from "../world/units.ts";
import type { World } from "../world/world.ts";

/** A degree as it will be written. */
export type DegreeDraft = {
  level: string;
  training: Code | null;
  institution: Unit | null;
  institution_text: string | null;
  country: string;
  mode: "full_time" | "in_service" | "distance";
  year: number;
  studied_from: number | null;
  certificate_no: string | null;
  conferred: Span | null;
};

/** Years of study of the first degrees. */
export const YEARS: Readonly<Record<string, number>> = { TC: 2, CD: 3, CN: 4, KS: 5, KTS: 5, BS: 6, DS: 5, BSTY: 5 };
const LAST = THIS_YEAR - 1;

/** The degrees of somebody born in `born` who began with the level `first`, the earliest first. A doctorate never before 27. */
export function degreesOf(random: Random, world: World, trade: Profession, born: number, first: string): DegreeDraft[] {
  const field = random.pick(world.fields.training(random.draw(trade.training)));
  const add = (level: string, year: number, length: number, mode: DegreeDraft["mode"] = "full_time"): DegreeDraft =>
    degreeOf(random, world, { level, year, length, mode, field });
  const start = Math.min(LAST, born + 18 + YEARS[first]! + random.between(0, 2));
  const degrees = [add(first, start, YEARS[first]!, random.chance(0.85) ? "full_time" : "in_service")];
  let last = start;
  const further = (level: string, wait: number, spread: number, length: number, mode?: DegreeDraft["mode"]): boolean => {
    const year = Math.max(last + random.between(wait, wait + spread), level === "TS" ? born + 27 : 0);
    if (year > LAST) return false;
    degrees.push(add(level, year, length, mode));
    last = year;
    return true;
  };
  let university = first !== "CD" && first !== "TC";
  if (!university && random.chance(0.5)) university = further("CN", 4, 9, 3, random.chance(0.8) ? "in_service" : "distance");
  // Masters and doctors were few before the universities of the nineties opened such courses.
  const opened = start < 1992 ? 0.4 : 1;
  const medical = first === "BS" || first === "DS" ? first : null;
  if (medical && random.chance(trade.specialist * opened)) specialise(random, medical, further);
  else if (university && random.chance(trade.master * opened) && further("ThS", 2, 10, 2) && random.chance(trade.doctor / trade.master)) {
    if (further("TS", 4, 6, 4) && random.chance(0.02)) further("TSKH", 8, 8, 5);
  }
  return degrees;
}

function specialise(
  random: Random,
  first: "BS" | "DS",
  further: (level: string, wait: number, spread: number, length: number) => boolean,
): void {
  const prefix = first === "DS" ? "DS" : "";
  if (first === "BS" && random.chance(0.12)) {
    if (further("BSNT", 3, 0, 3) && random.chance(0.25)) further("TS", 4, 5, 4);
  } else if (further(`${prefix}CKI`, 3, 9, 2) && random.chance(0.25)) further(`${prefix}CKII`, 6, 7, 2);
}

// Where each family of training fields is taught, by how many of the province's people went there.
const SCHOOLS: Readonly<Record<string, Weighted<string>>> = Object.fromEntries(
  Object.entries({
    14: "UNI-SPH 50 UNI-SP2 30 UNI-QHS 8 UNI-HNM 8 UNI-TDV 4 DHTDTT 5",
    22: "UNI-QHX 40 UNI-QHF 20 UNI-NHF 20 UNI-SPH 10",
    31: "UNI-KHA 40 UNI-QHX 20 UNI-QHE 10 UNI-HCP 5",
    32: "UNI-HBT 50 UNI-QHX 30",
    34: "UNI-KHA 30 UNI-HTC 25 UNI-TMA 20 UNI-NHH 15 HVNHBN 8 UNI-DCN 8 DHQTBH 3 UNI-UKB 5 UNI-DKK 5 UNI-DQK 6",
    38: "UNI-LPH 60 UNI-MHN 15 UNI-DNV 3",
    48: "UNI-BKA 25 UNI-QHI 15 UNI-BVH 15 UNI-DTC 15 UNI-DCN 12 UNI-KMA 3",
    51: "UNI-DCN 30 UNI-SKH 15 UNI-DTK 15 UNI-BKA 15 UNI-DDL 8 UNI-DKK 8 UNI-SDU 4",
    52: "UNI-BKA 35 UNI-DTK 15 UNI-DCN 15 UNI-MDA 6 UNI-GHA 6",
    58: "UNI-XDA 35 UNI-KTA 25 UNI-GHA 15 UNI-TLA 15",
    62: "UNI-HVN 50 DHNLBG 20 UNI-TUAF 15 UNI-LNH 8",
    64: "UNI-HVN 70 DHNLBG 15 UNI-TUAF 10",
    72: "UNI-YHB 60 CDYTBN 6",
    81: "DHTDTT 60",
    85: "UNI-DMT 30 UNI-HVN 25 UNI-QHT 10",
  }).map(([family, line]) => [family, weightedWords(line)]),
);
const OTHERS = weightedWords("UNI-QHT 40 UNI-BKA 10 UNI-SPH 10 UNI-MHN 10 UNI-TNU 5");
const TEACHERS_COLLEGES = ["Trường Cao đẳng Sư phạm Bắc Ninh", "Trường Cao đẳng Ngô Gia Tự Bắc Giang", "Trường Trung cấp Sư phạm Hà Bắc"];
const COLLEGES = ["Trường Cao đẳng Kỹ thuật Công nghiệp", "Trường Cao đẳng Thống kê", "Trường Trung cấp Kinh tế - Kỹ thuật"];
const ABROAD: Weighted<readonly [country: string, school: string]> = {
  items: [
    ["RU", "Đại học Tổng hợp Quốc gia Moskva"],
    ["JP", "Đại học Kyushu"],
    ["KR", "Đại học Quốc gia Chungnam"],
    ["CN", "Đại học Nông nghiệp Nam Kinh"],
    ["FR", "Đại học Montpellier"],
    ["AU", "Đại học Queensland"],
    ["DE", "Đại học Kỹ thuật Dresden"],
    ["TW", "Đại học Quốc gia Thành Công"],
  ],
  sums: Float64Array.of(2, 4, 6, 7.5, 9, 10.5, 11.5, 12.5),
  total: 12.5,
};

type Wish = { level: string; year: number; length: number; mode: DegreeDraft["mode"]; field: Code };

function degreeOf(random: Random, world: World, { level, year, length, mode, field }: Wish): DegreeDraft {
  const abroad = random.chance(level === "TS" ? 0.25 : level === "ThS" ? 0.05 : 0.003) ? random.draw(ABROAD) : undefined;
  const college = level === "CD" || level === "TC";
  const school = abroad || (college && random.chance(0.93)) ? undefined : schoolOf(random, world, field, year);
  return {
    level,
    training: field,
    institution: school ?? null,
    institution_text: school ? null : (abroad?.[1] ?? random.pick(field.code.startsWith("14") ? TEACHERS_COLLEGES : COLLEGES)),
    country: abroad?.[0] ?? "VN",
    mode,
    year,
    studied_from: random.chance(0.4) ? year - length : null,
    certificate_no: random.chance(0.3) ? `${random.pick(["QM", "QC", "DH", "B", "A"])} ${random.between(100_000, 999_999)}` : null,
    conferred: random.chance(0.3) ? blurred(random, dayIn(random, year, 6, 11), `${year}-01-01`, `${year}-12-31`) : null,
  };
}

function schoolOf(random: Random, world: World, field: Code, year: number): Unit | undefined {
  const unit = world.units.byCode.get(random.draw(SCHOOLS[field.code.slice(0, 2)] ?? OTHERS));
  return unit && unit.from <= `${year}-01-01` && unit.to >= `${year}-12-31` ? unit : undefined;
}

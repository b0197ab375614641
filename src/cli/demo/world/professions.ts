import type { Pool } from "./organizations.ts";
import { weighted, weightedWords, type Weighted } from "../random.ts";

/** A trade: who works in it, what was studied for it, and how a career in it goes. */
export type Profession = {
  /** Share of women. */
  women: number;
  /** Where: the trade's pools, the usual one first. */
  pools: Weighted<Pool>;
  /** Training fields (TT 09/2022) by prefix. */
  training: Weighted<string>;
  /** The first degree, by how usual it is. */
  first: Weighted<string>;
  /** Shares that go on to a master, to a doctorate, to the specialist medical ladder. */
  master: number;
  doctor: number;
  specialist: number;
  posts: readonly [string, string, string, string];
  /** Civil-service grades or professional titles: the lowest first. */
  grades: readonly string[];
  regime: "cong_chuc" | "vien_chuc" | "enterprise" | "self_employed";
  sector: Weighted<string>;
  awards: Weighted<string>;
};

type Line = readonly [
  weight: number, women: number, pools: string, training: string, first: string, further: readonly [number, number, number],
  posts: string, grades: string, regime: Profession["regime"], sector: string, awards: string,
]; // prettier-ignore

const SCHOOL = "Giáo viên|Tổ trưởng chuyên môn|Phó Hiệu trưởng|Hiệu trưởng";
const OFFICE = "Chuyên viên|Phó Trưởng phòng|Trưởng phòng|Phó Giám đốc";
const WORK = "CSTDCS 50 BKT 25 CSTDT 8 HCLD 3 LDST 3 BKTTG 3";
const TEACH = `${WORK} NGUT 4 NGND 0.2`;
const CARE = `${WORK} TTUT 5 TTND 0.3`;
const SCIENCE = `${WORK} GTKHCN_BN 6 TTTB_BN 5 VIFOTEC 1 HTSTKT_BN 6`;

// Weights after the plan's own picture of the province: education first, then administration, enterprises and health.
const LINES: readonly Line[] = [
  [9, 0.97, "preschool 1", "140201 8 1401 1", "CN 60 CD 32 TC 8", [0.02, 0, 0], SCHOOL, "V.07.02.26 V.07.02.25 V.07.02.24", "vien_chuc", "EDU 1", TEACH],
  [12, 0.8, "primary 1", "140202 9 140206 1 140221 1 140222 1", "CN 75 CD 22 TC 3", [0.05, 0, 0], SCHOOL, "V.07.03.29 V.07.03.28 V.07.03.27", "vien_chuc", "EDU 1", TEACH],
  [11, 0.7, "lower_secondary 1", "140209 4 140217 4 140231 3 140211 2 140212 2 140218 1 140219 1 140210 1", "CN 82 CD 18", [0.1, 0.001, 0], SCHOOL, "V.07.04.32 V.07.04.31 V.07.04.30", "vien_chuc", "EDU 1", TEACH],
  [6, 0.62, "upper_secondary 1", "140209 4 140217 4 140231 3 140211 3 140212 3 140213 2 140218 2 140219 2 140206 1", "CN 100", [0.32, 0.006, 0], SCHOOL, "V.07.05.15 V.07.05.14 V.07.05.13", "vien_chuc", "EDU 1", TEACH],
  [5, 0.5, "university 1", "3403 2 3402 2 3401 2 4802 2 4801 2 8103 3 6201 2 6401 1 5202 2 5201 2 2202 2 3801 1 1401 2 4601 1 7203 1", "CN 70 KS 30", [0.62, 0.25, 0], "Giảng viên|Phó Trưởng bộ môn|Trưởng khoa|Phó Hiệu trưởng", "V.07.01.03 V.07.01.02 V.07.01.01", "vien_chuc", "EDU 6 BASIC_RES 2 APPLIED_RES 2", `${SCIENCE} NGUT 4`],
  [5, 0.48, "hospital 3 station 1", "720101 8 720110 1 7205 1", "BS 100", [0.08, 0.02, 0.4], "Bác sĩ|Phó Trưởng khoa|Trưởng khoa|Phó Giám đốc", "V.08.01.03 V.08.01.02 V.08.01.01", "vien_chuc", "HEALTH 1", CARE],
  [6, 0.86, "hospital 3 station 2", "7203 7 7206 2 7207 1", "CN 42 CD 44 TC 14", [0.03, 0, 0], "Điều dưỡng viên|Điều dưỡng trưởng|Phó Trưởng phòng Điều dưỡng|Trưởng phòng Điều dưỡng", "V.08.05.13 V.08.05.12 V.08.05.11", "vien_chuc", "HEALTH 1", CARE],
  [1.5, 0.7, "hospital 3 enterprise 1", "7202 1", "DS 70 CD 30", [0.06, 0.01, 0.12], "Dược sĩ|Phó Trưởng khoa Dược|Trưởng khoa Dược|Trưởng khoa Dược", "", "vien_chuc", "HEALTH 1", CARE],
  [11, 0.46, "committee 1", "3801 5 3404 4 3403 4 6201 2 8501 2 3101 1 7601 1", "CN 84 CD 8 TC 8", [0.16, 0.001, 0], "Công chức cấp xã|Phó Trưởng phòng|Trưởng phòng|Phó Chủ tịch Ủy ban nhân dân", "01.004 01.003 01.002", "cong_chuc", "MGMT 1", WORK],
  [6, 0.42, "department 1", "3801 3 3404 4 3403 3 3101 3 5802 2 8501 2 4802 1 6201 2", "CN 80 KS 20", [0.45, 0.02, 0], OFFICE, "01.003 01.002 01.001", "cong_chuc", "MGMT 6 TOURISM 1 TELECOM 1", SCIENCE],
  [1.5, 0.42, "party 1", "3102 3 3801 1 2290 2", "CN 100", [0.4, 0.03, 0], OFFICE, "01.003 01.002 01.001", "cong_chuc", "POL_THEORY 3 SOC_HUM 1", WORK],
  [15, 0.3, "enterprise 1", "5202 5 5102 3 5103 4 5201 3 5203 2 4802 4 5106 2 5401 1 5402 1", "KS 70 CN 20 CD 10", [0.08, 0.003, 0], "Kỹ sư|Tổ trưởng kỹ thuật|Trưởng phòng Kỹ thuật|Phó Giám đốc", "", "enterprise", "HITECH_IND 5 HITECH 2 TELECOM 1", "CSTDCS 20 BKT 6 LDST 8 HTSTKT_BN 6 VIFOTEC 1"],
  [8, 0.58, "enterprise 1", "3403 4 3401 4 3402 3 3404 2", "CN 88 CD 12", [0.09, 0.001, 0], "Nhân viên|Phó Trưởng phòng|Trưởng phòng|Giám đốc", "", "enterprise", "MGMT 1", "CSTDCS 20 BKT 6"],
  [3, 0.25, "enterprise 3 department 1", "5801 2 5802 6 5803 1", "KS 72 KTS 18 CN 10", [0.12, 0.005, 0], "Kỹ sư|Chủ trì thiết kế|Trưởng phòng|Phó Giám đốc", "", "enterprise", "HITECH_IND 1 APPLIED_RES 1", "CSTDCS 20 BKT 6 LDST 4"],
  [4, 0.4, "farm 2 committee 1 research 1", "6201 5 6202 1 6203 1 6401 3 4202 1", "KS 66 BSTY 20 CN 14", [0.14, 0.01, 0], "Kỹ sư|Phó Trưởng trạm|Trưởng trạm|Giám đốc", "V.05.02.07 V.05.02.06 V.05.02.05", "vien_chuc", "HITECH_AGRI 1", SCIENCE],
  [1.2, 0.42, "research 1", "4202 2 6201 2 8501 2 3101 2 4401 1 4403 1 5202 1", "CN 50 KS 50", [0.6, 0.2, 0], "Nghiên cứu viên|Phó Trưởng phòng|Trưởng phòng|Phó Viện trưởng", "V.05.01.03 V.05.01.02 V.05.01.01", "vien_chuc", "APPLIED_RES 3 BASIC_RES 1 HITECH 1", SCIENCE],
  [1.5, 0.44, "media 1", "3201 5 2201 2 2103 1", "CN 100", [0.2, 0.004, 0], "Phóng viên|Biên tập viên|Trưởng phòng|Phó Tổng biên tập", "V.11.02.06 V.11.02.05 V.11.02.04", "vien_chuc", "CULTURE 1", WORK],
  [1.5, 0.45, "arts 1", "2101 2 2102 4 2104 1 2201 2", "CN 78 CD 12 TC 10", [0.1, 0.005, 0], "Diễn viên|Đội trưởng|Trưởng đoàn|Phó Giám đốc", "", "vien_chuc", "LIT_ART 3 CULTURE 2", `${WORK} NSUT 6 NSND 0.5 NNUT 4 NNND 0.3`],
  [1.5, 0.4, "court 1", "3801 1", "CN 100", [0.3, 0.01, 0], "Chuyên viên pháp lý|Phó Chánh văn phòng|Chánh văn phòng|Phó Chánh án", "01.003 01.002 01.001", "cong_chuc", "MGMT 1", WORK],
]; // prettier-ignore

/** The trades by how many people work in each. */
export const PROFESSIONS: Weighted<Profession> = weighted(LINES.map((line) => [professionOf(line), line[0]] as const));

function professionOf([, women, pools, training, first, further, posts, grades, regime, sector, awards]: Line): Profession {
  const [master, doctor, specialist] = further;
  return {
    women,
    pools: weightedWords(pools) as Weighted<Pool>,
    training: weightedWords(training),
    first: weightedWords(first),
    master,
    doctor,
    specialist,
    posts: posts.split("|") as unknown as Profession["posts"],
    grades: grades === "" ? [] : grades.split(" "),
    regime,
    sector: weightedWords(sector),
    awards: weightedWords(awards),
  };
}

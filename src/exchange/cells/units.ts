import { clean, fold } from "../../core/vietnamese/text.ts";

/** An organization as the reference table holds it. */
export type OrganizationRow = {
  id?: string;
  code: string;
  vi: string;
  en?: string | null;
  short?: string | null;
  kind?: string | null;
  valid_to?: string | null;
  names?: string[];
};

/** An organization as an answer names it. */
export type Unit = { id?: string; code: string; name: string };

/** Organizations by every folded form of their names; a form that two share names neither. */
export type UnitIndex = Map<string, OrganizationRow | null>;

const EXPANSIONS: [RegExp, string][] = [
  [/\bbvdk\b/g, "benh vien da khoa"],
  [/\bttyt\b/g, "trung tam y te"],
  [/\bbv\b/g, "benh vien"],
  [/\bdhqg\b/g, "dai hoc quoc gia"],
  [/\bdhsp\b/g, "dai hoc su pham"],
  [/\bdhbk\b/g, "dai hoc bach khoa"],
  [/\bdh\b/g, "dai hoc"],
  [/\bcd\b/g, "cao dang"],
  [/\bhv\b/g, "hoc vien"],
  [/\btr\b/g, "truong"],
  [/\bubnd\b/g, "uy ban nhan dan"],
  [/\bkh (?:va )?cn\b|\bkhcn\b/g, "khoa hoc va cong nghe"],
  [/\bgd (?:va )?dt\b|\bgddt\b/g, "giao duc va dao tao"],
  [/\bkh (?:va )?kt\b|\bkhkt\b/g, "khoa hoc va ky thuat"],
  [/\bnn (?:va )?mt\b/g, "nong nghiep va moi truong"],
  [/\bvh ?tt (?:va )?dl\b|\bvhttdl\b/g, "van hoa the thao va du lich"],
  [/\btp hcm\b|\btphcm\b/g, "thanh pho ho chi minh"],
];

/** The name folded, usual abbreviations written out, "tỉnh Bắc Ninh" and "Trường" at the ends taken off. */
export function unitName(text: string): string {
  let name = fold(text.replace(/&/g, " và "));
  for (const [pattern, full] of EXPANSIONS) name = name.replace(pattern, full);
  return name
    .replace(/\bva\b/g, " ")
    .replace(/ (?:thanh pho|tinh) (?=\S)/g, " ")
    .replace(/^truong (?=dai hoc|cao dang|hoc vien)/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The index over plain rows; the province's name may be left out of its own bodies' names ("Sở Y tế", "Sở Y tế tỉnh Bắc Ninh"). */
export function buildUnits(rows: readonly OrganizationRow[], homeNames: readonly string[]): UnitIndex {
  const index: UnitIndex = new Map();
  const ends = homeNames.map((name) => ` ${unitName(name)}`);
  for (const row of rows) {
    const forms = new Set<string>();
    for (const name of [row.vi, row.en, row.short, ...(row.names ?? [])]) {
      if (!name) continue;
      const form = unitName(name);
      forms.add(form);
      if (name === row.short || row.kind === "university" || row.kind === "college") continue;
      const end = ends.find((one) => form.endsWith(one));
      if (end && form.split(" ").length > 4) forms.add(form.slice(0, -end.length));
      if (/^so |^ban |^thanh tra /.test(form) && !end) for (const one of ends) forms.add(form + one);
    }
    for (const form of forms) {
      const other = index.get(form);
      if (other === undefined || (other !== null && preferred(row, other))) index.set(form, row);
      else if (other !== null && other.code !== row.code && !preferred(other, row)) index.set(form, null);
    }
  }
  return index;
}

function preferred(row: OrganizationRow, other: OrganizationRow): boolean {
  return !row.valid_to && Boolean(other.valid_to);
}

/** The organization a text names whole, or null; a department's name alone ("Khoa Luật") names none. */
export function findUnit(index: UnitIndex, text: string): Unit | null {
  const row = index.get(unitName(clean(text))) ?? null;
  return row === null ? null : { ...(row.id === undefined ? {} : { id: row.id }), code: row.code, name: row.vi };
}

// With their marks: "Trường" is a school and "Trương" a family, "Đoàn Thanh niên" a body and "Đoàn Văn" a person.
const HEADS = new RegExp(
  `^(?:${[
    "khoa|phòng|ban|trường|đại học|đh|học viện|viện|trung tâm|ttyt|tt|bệnh viện|bv\\p{L}*|sở|chi cục|cục",
    "tổ bộ môn|bộ môn|tổ|hội|liên hiệp|công ty|ủy ban|uỷ ban|ubnd|chi nhánh|chi hội|báo|đài|tập đoàn",
    "nhà (?:máy|hát|văn hóa|thiếu nhi|xuất bản)|xí nghiệp|trạm|thpt|thcs|tiểu học",
    "mầm non|liên đoàn|văn phòng|tòa án|toà án|vks\\p{L}*|viện kiểm sát|kho bạc|bảo hiểm|bhxh",
    "ngân hàng|bộ|tỉnh ủy|thành ủy|huyện ủy|đảng ủy|đoàn (?:thanh niên|trường|khối|luật sư|nghệ thuật|quy hoạch|đại biểu|tncs)",
    "hợp tác xã|htx|doanh nghiệp|khối|trại|vườn|bảo tàng|thư viện|nhóm|cơ quan|cụm|mttq|mặt trận",
  ].join("|")})(?![\\p{L}\\p{M}])`,
  "iu",
);

/** Whether a text begins as the name of an office, a school or a company does. */
export function looksLikeUnit(text: string): boolean {
  return HEADS.test(text.normalize("NFC").trim());
}

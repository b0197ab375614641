import { clean } from "./text.ts";

/** A name in full and its three parts; a mononym has a given name alone. */
export type PersonName = { full: string; family: string | null; middle: string | null; given: string };

/**
 * The usual split of a Vietnamese name: first word family, last word given, what lies between middle.
 * A default that a write may override; minority names (`H'Hen Niê`, `Y Blim Niê`, `K'Brôi`) are kept as written.
 */
export function splitName(full: string): PersonName {
  const text = clean(full);
  const words = text.split(" ");
  const given = words.at(-1) ?? "";
  if (words.length < 2) return { full: text, family: null, middle: null, given };
  return { full: text, family: words[0]!, middle: words.slice(1, -1).join(" ") || null, given };
}

// The longer form stands before the shorter one that begins it.
const ABBREVIATIONS = [
  "PGS|GS|TSKH|T\\.?S\\.?K\\.?H|PTS|NCS|Th\\.?S[ĩỹ]?|TS[ĩỹ]?|T\\.S|MSc|M\\.Sc|MBA|Ph\\.?D|Prof|Dr|Mrs|Mr|Ms|MD",
  "(?:BS|DS|ĐD|Đ\\.D|YS)[ .]?(?:CK|C\\.K)[ .]?(?:cấp )?(?:II|I|1|2)|(?:BS|DS)[ .]?NT|BSTY|BS[ĩỹ]?|DS[ ]?ĐH|DSTH|DS[ĩỹ]?",
  "CK[ .]?(?:II|I|1|2)|BSCK|KTS|KTV|KSC|KS|CN[ .]?ĐD|CNHS|CN|CVCC|CVC|ĐD|YS|LS|LG",
  "NG[ƯU]T|NGND|TT[ƯU]T|TTND|NS[ƯU]T|NSND|NN[ƯU]T|NNND|AHLĐ|VS|Ô\\.?B|Đ\\/c|ĐC",
].join("|");
const WORDS = [
  "phó giáo sư|giáo sư|tiến s[ĩỹ] khoa học|phó tiến s[ĩỹ]|tiến s[ĩỹ]|thạc s[ĩỹ]|nghiên cứu sinh|cử nhân|kỹ sư|kĩ sư|kiến trúc sư|luật sư|luật gia",
  "bác s[ĩỹ] chuyên khoa(?: cấp)? (?:ii|i|1|2)|bác s[ĩỹ] nội trú|bác s[ĩỹ] thú y|bác s[ĩỹ]|dược s[ĩỹ] chuyên khoa(?: cấp)? (?:ii|i|1|2)|dược s[ĩỹ]",
  "điều dưỡng(?: viên)?|y s[ĩỹ]|viện s[ĩỹ]|nhạc s[ĩỹ]|họa s[ĩỹ]|hoạ s[ĩỹ]|nghệ s[ĩỹ] (?:ưu tú|nhân dân)|nhà giáo (?:ưu tú|nhân dân)",
  "thầy thuốc (?:ưu tú|nhân dân)|nghệ nhân (?:ưu tú|nhân dân)|anh hùng lao động|nhà (?:giáo|báo|văn|thơ)|đồng chí",
  "(?:đại|thượng|trung|thiếu) (?:tá|úy|uý|tướng)",
].join("|");
const ADDRESS = "ông|bà|cô|thầy|anh|chị|em|cố";

const AHEAD = new RegExp(`^(?:(${ABBREVIATIONS})(?=$|[\\s.,:;()/-])|(${WORDS})(?![\\p{L}\\p{M}]))[\\s.,:;/)-]*`, "iu");
const GLUED = /^(PGS|GS|TSKH|TS|ThS|BSCKII|BSCKI|BS|DS|KS|KTS|CN)(?=\p{Lu}\p{Ll})/u;
const AHEAD_ADDRESS = new RegExp(`^(?:${ADDRESS})(?![\\p{L}\\p{M}])([\\s.,:;/)]*)`, "iu");
const BEHIND = new RegExp(`[\\s.,;(/–-]+(${ABBREVIATIONS})[\\s.)]*$`, "iu");
const BEHIND_WORDS = new RegExp(`\\s*[,;(–-]\\s*(${WORDS})[\\s.)]*$`, "iu");

// "Ông", "Cô" and "Anh" are words of names too (Ông Ích Khiêm): without a sign they are an address only before a usual family name.
const FAMILIES = new Set(
  (
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh trịnh lưu đoàn mai trương lương hà tạ chu cao thân giáp ngọ " +
    "nông hoàn vi lâm tô phùng quách từ tống kiều nghiêm thái la hứa lục mạc doãn lại khuất triệu khổng bạch tăng vương cù thạch ninh đồng diêm"
  ).split(" "),
);

/** Whether what follows a form of address is a name by itself; "Anh Lý" is Lý Anh rather than some Mr Lý. */
const isWhole = (rest: string): boolean => rest.includes(" ") && FAMILIES.has(rest.split(" ")[0]!.toLowerCase());

/**
 * The name in a cell without the titles and forms of address before or after it, and those titles as written: "PGS.TS. Ngô Văn An".
 *
 * `addressed` false says that the list addresses nobody: "Ông Bạch Vân" is then a person of the family Ông.
 */
export function stripTitles(cell: string, addressed = true): { name: string; titles: string[] } {
  let name = clean(cell).replace(/^[\s.,:;*+•()-]+/, "");
  const titles: string[] = [];
  for (let found = true; found && name !== "";) {
    found = false;
    const address = addressed ? AHEAD_ADDRESS.exec(name) : null;
    const rest = address ? name.slice(address[0].length) : "";
    if (address && rest !== "" && (/[.,:;/)]/.test(address[1]!) || isWhole(rest) || AHEAD.test(rest))) {
      name = rest;
      found = true;
    }
    const ahead = AHEAD.exec(name) ?? GLUED.exec(name);
    if (ahead && /^\p{L}|^$/u.test(name.slice(ahead[0].length))) {
      titles.push(titleOf(ahead[1] ?? ahead[2]!));
      name = name.slice(ahead[0].length);
      found = true;
    }
  }
  const behind: string[] = [];
  for (let match = tail(name); match; match = tail(name)) {
    behind.unshift(titleOf(match[1]!));
    name = name.slice(0, match.index);
  }
  return { name: name.replace(/[\s.,;:(–-]+$/, ""), titles: [...titles, ...behind] };
}

function tail(name: string): RegExpExecArray | null {
  const match = BEHIND.exec(name) ?? BEHIND_WORDS.exec(name);
  return match && match.index > 0 ? match : null;
}

function titleOf(written: string): string {
  return written.replace(/[\s.]+$/, "");
}

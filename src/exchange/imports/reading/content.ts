import { fold } from "../../../core/vietnamese/text.ts";
import { stripTitles } from "../../../core/vietnamese/names.ts";
import type { Cell } from "../../cells/cell.ts";
import { textOf } from "../../cells/cell.ts";
import { readEmails, readPhones } from "../../cells/contacts.ts";
import { readDate } from "../../cells/dates.ts";
import type { SpellingIndex } from "../../cells/spellings.ts";
import { readCredentials, readEthnicity } from "../../cells/spellings.ts";
import { looksLikeUnit } from "../../cells/units.ts";
import type { Target } from "./person.ts";

/**
 * The share of a column's cells that read as a target; `former` is that of places written with a district, `credited`
 * that of texts that begin with a degree, `addressed` that of names after "Ông" or "Bà". */
export type Shares = Partial<Record<Target, number>> & { filled: number; former?: number; credited?: number; addressed?: number };

const FAMILIES = new Set(
  (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dao dinh trinh luu doan mai truong luong ha ta chu " +
    "cao than giap ngo nong hoan vi lam to phung quach tu tong kieu nghiem thai la hua luc mac doan lai khuat trieu khong bach " +
    "tang vuong cu thach ninh dong diem an au bach ban be ca cam chau chung co cung dam dau dich diep dieu do don duu gia giang " +
    "han hau hien hinh hung huu khang kha khuong khuu kim lieu lo lu luc luyen ma man mau nham nhu nhan nhu ong pho phi quan " +
    "quang sam son tang te thanh thi thieu thuong tien tieu toan ton tra trang trac trung tuong ung uong van vien viet xa y yen " +
    "nie eban h k r ksor siu rmah rcham kpa nay hmok bya mlo kbuor"
  ).split(" "),
);
const POSTS = new RegExp(
  `^(?:pho |nguyen |quyen |uy vien|p )?(?:${[
    "giam doc|truong (?:phong|khoa|ban|bo mon|tram|doan)|vien truong|hieu truong|hieu pho|chu tich|chanh|bi thu|chuyen vien|giang vien",
    "giao vien|nhan vien|ke toan|bac si|dieu duong|ky su|nghien cuu vien|can bo|to truong|doi truong|tong giam doc|vien chuc|cong chuc",
    "pho phong|pho khoa|uy vien|thu ky|ky thuat vien|y si|duoc si|truong phong|gd|pgd|tp|pp|quan doc|van thu|thanh tra|kiem soat",
  ].join("|")})`,
);

/** Whether a text is written as a person's name: two to six words of letters, beginning with a family name. */
export function looksLikeName(text: string): boolean {
  const { name } = stripTitles(text);
  const words = name.split(" ");
  if (words.length < 2 || words.length > 6 || !words.every((word) => /^\p{L}[\p{L}\p{M}'’ʼ.-]*$/u.test(word))) return false;
  // Each word of a name begins alike: "Thanh tra Sở" is none.
  if (new Set(words.map((word) => /^\p{Lu}/u.test(word))).size > 1) return false;
  return FAMILIES.has(fold(words[0]!).split(" ")[0]!) && !looksLikeUnit(name);
}

/**
 * A name cell's text without what is no name: "Trưởng phòng" on a second line, "(nghỉ hưu)" behind. "(B)", which tells two persons of one
 * name apart, and titles stay.
 */
export function nameText(cell: Cell): string {
  const [first = "", ...more] = typeof cell === "string" ? cell.trim().split(/\s*[\r\n]+\s*/) : [];
  const text = more.length > 0 && looksLikeName(textOf(first)) && !looksLikeName(textOf(more.join(" "))) ? textOf(first) : textOf(cell);
  const remark = /\s*\(([^)]*)\)\s*$/.exec(text);
  return remark !== null && /^\p{Ll}[\p{Ll}\s,.;-]+$/u.test(remark[1]!) ? text.slice(0, remark.index) : text;
}

/** The gender a cell means, or undefined when it means none. */
export function readGender(text: string): "male" | "female" | "other" | undefined {
  const form = fold(text).replace(/ /g, "");
  if (/^(?:nam|trai|male|m|ong|namgioi)$/.test(form)) return "male";
  if (/^(?:nu|gai|female|f|ba|nugioi)$/.test(form)) return "female";
  return /^(?:khac|other)$/.test(form) ? "other" : undefined;
}

/** Whether a cell is a tick: x, v, 1, a check mark, a yes. */
export function isTick(cell: Cell): boolean {
  return cell === true || cell === 1 || /^[x×✓✔√v1+*]$/iu.test(textOf(cell).trim()) || /^[xX]{1,2}$|^có$/iu.test(textOf(cell));
}

/** How a column's cells read, from a sample of them. */
export function sharesOf(cells: readonly Cell[], spellings: SpellingIndex, today: string): Shares {
  const filled = cells.filter((cell) => textOf(cell) !== "" || cell === true);
  if (filled.length === 0) return { filled: 0 };
  const share = (test: (cell: Cell, text: string) => boolean): number =>
    filled.filter((cell) => test(cell, textOf(cell))).length / filled.length;
  const style = { order: "dmy", epoch: 1900, today, birth: true } as const;
  const lately = Number(today.slice(0, 4)) - 16;
  const credential = (text: string): boolean => {
    const found = readCredentials(spellings, text);
    return found.known && (found.levels.length > 0 || found.title !== null) && found.rest === "";
  };
  return {
    filled: filled.length,
    "people.name.full": share((cell) => looksLikeName(nameText(cell))),
    "people.name.given": share((_, text) => /^\p{Lu}\p{L}{0,6}$/u.test(text)),
    "people.gender": share((_, text) => readGender(text) !== undefined),
    "people.gender.male": share((cell) => isTick(cell)),
    "people.birth_date": share((cell) => {
      const { date } = readDate(cell, style);
      return date !== null && Number(date.slice(0, 4)) >= 1920 && Number(date.slice(0, 4)) <= lately;
    }),
    "degrees.graduation_year": share((_, text) => /^(?:19[5-9]|20[0-4])\d$/.test(text)),
    "people.citizen_id": share(
      (_, text) => hasDigits([12], text) || (hasDigits([10, 11], text) && !/^0[35789]/.test(text) && readPhones(text).phones.length === 0),
    ),
    "people.old_id_number": share((_, text) => hasDigits([9], text) && !/^[35789]/.test(text)),
    "people.phones": share((cell) => readPhones(cell).phones.length > 0),
    "people.emails": share((cell) => readEmails(cell).emails.length > 0),
    "people.ethnicity": share((_, text) => readEthnicity(spellings, text) !== null),
    "degrees.level": share((_, text) => credential(text)),
    "affiliations.post": share((_, text) => POSTS.test(fold(text))),
    "affiliations.organization_text": share((_, text) => looksLikeUnit(text) || fold(text) === "nghi huu"),
    "people.residence_text": share((_, text) => PLACE.test(text.toLowerCase())),
    ordinal: ordinals(filled),
    credited: share((_, text) => readCredentials(spellings, text).levels.length > 0),
    addressed: share((_, text) => /^(?:ông|bà|anh|chị|cô|thầy)(?![\p{L}\p{M}])/iu.test(text)),
    former: share((_, text) => FORMER.test(text)),
  };
}

function hasDigits(lengths: number[], text: string): boolean {
  const digits = text.replace(/[\s.'-]/g, "");
  return /^\d+$/.test(digits) && lengths.includes(digits.length);
}

const PLACE = /(?:^|[\s,-])(?:xã|phường|thị trấn|huyện|tỉnh|thành phố|thị xã|quận|tp\.|tx\.|tt\.)(?=[\s.])/u;

const FORMER =
  /(?:^|[\s,;-])(?:huyện|thị xã|quận|thị trấn|thành phố (?!hà nội|hồ chí|hải phòng|đà nẵng|cần thơ|huế)|h\.|tx\.?|tt\.?)\s*\p{L}/iu;

function ordinals(filled: readonly Cell[]): number {
  const numbers = filled
    .map((cell) => Number(textOf(cell).replace(/\.$/, "")))
    .map((value) => (Number.isInteger(value) ? value : Number.NaN));
  let steps = 0;
  for (let index = 1; index < numbers.length; index++) if (numbers[index]! > numbers[index - 1]! && numbers[index]! < 200_000) steps += 1;
  return numbers.length < 2 ? 0 : (steps + 1) / numbers.length;
}

import { isSyllable, syllableShare } from "./syllables.ts";

/** In which encoding the letters of some cells are written; `unknown` is one that is not read, `plain` has no sign beyond ASCII. */
export type Charset = "plain" | "unicode" | "tcvn3" | "vni" | "unknown";

// TCVN 5712:1993 (fonts .Vn*), as its bytes look in windows-1252. U+00AD, the soft hyphen, is the letter ư.
const CODES = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00ADõö÷øùúûüýþ¡¢£¤¥¦§";
const LETTERS = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ";
const TCVN3 = new Map([...CODES].map((code, index) => [code, [...LETTERS][index]!]));

const TONED = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";
const HEADS = /(?:^|\s)(?:xã|phường|thị trấn|huyện|quận|tỉnh|thành phố|trường|khoa|phòng|viện|trung tâm|ban|sở|công ty|hội|chi cục)$/i;

/**
 * The Unicode text of a TCVN3 cell, in NFC.
 *
 * A toned capital shares the code of the small letter (only the font .VnTimeH shows it large), so the case is mended: a word whose other
 * letters are capitals becomes capital, and a toned letter that begins the cell or a proper name becomes one: "NGUYÔN §øC" -> "NGUYỄN ĐỨC".
 */
export function decodeTcvn3(text: string): string {
  const letters = [...text].map((code) => TCVN3.get(code) ?? code).join("");
  const words = letters.split(/(\s+)/);
  const shouted = isShouted(letters);
  const mended = words.map((word, index) => {
    if (index % 2 === 1) return word;
    const near = [words[index - 2], words[index + 2]].filter((other): other is string => other !== undefined && other !== "");
    const sure = stripToned(word).replace(/\P{L}/gu, "");
    if (sure.length > 1) return /\p{Ll}/u.test(sure) ? raised(word, index, words, near) : word.toUpperCase();
    // One sure letter or none says nothing of the case of the rest ("Hµ" is Hà or HÀ): the neighbours decide.
    const loud = near.filter((other) => isLoud(other));
    if ((shouted || (loud.length > 0 && loud.length === near.length)) && !/\p{Ll}/u.test(sure)) return word.toUpperCase();
    return raised(word, index, words, near);
  });
  return mended.join("").normalize("NFC");
}

function raised(word: string, index: number, words: string[], near: string[]): string {
  const first = [...word][0] ?? "";
  const before = words.slice(0, index).join("").trim();
  // "Tỉnh ủy", "Đảng ủy" are committees, "Xã Ủy ..." is not written.
  if (!TONED.includes(first) || (/^u[ỷy]$|^[ủ]y$/iu.test(word) && before !== "")) return word;
  const proper = before === "" || HEADS.test(before) || (near.length > 0 && near.every((other) => /^\p{Lu}/u.test(other)));
  return proper ? first.toUpperCase() + word.slice(first.length) : word;
}

function stripToned(word: string): string {
  return [...word].filter((letter) => !TONED.includes(letter)).join("");
}

/** Whether a decoded text was written in capitals, as far as TCVN3 tells: some word is, and no small letter stands but toned ones. */
export function isShouted(text: string): boolean {
  return text.split(/\s+/).some((word) => isLoud(word)) && !/\p{Ll}/u.test(stripToned(text));
}

// An abbreviation in capitals ("ĐHQG Hà Nội") says nothing of its neighbours, a syllable in capitals does.
function isLoud(word: string): boolean {
  const sure = stripToned(word).replace(/\P{L}/gu, "");
  return sure.length > 1 && !/\p{Ll}/u.test(sure) && isSyllable(word.replace(/\P{L}/gu, ""));
}

const MARKS: Record<string, string> = {
  ø: "\u0300",
  ù: "\u0301",
  û: "\u0309",
  õ: "\u0303",
  ï: "\u0323",
  â: "\u0302",
  á: "\u0302\u0301",
  à: "\u0302\u0300",
  å: "\u0302\u0309",
  ã: "\u0302\u0303",
  ä: "\u0302\u0323",
  ê: "\u0306",
  é: "\u0306\u0301",
  è: "\u0306\u0300",
  ú: "\u0306\u0309",
  ü: "\u0306\u0303",
  ë: "\u0306\u0323",
};
const VNI_SINGLE: Record<string, string> = { ñ: "đ", ô: "ơ", ö: "ư", æ: "ỉ", ó: "ĩ", ò: "ị", î: "ỵ" };

/** The Unicode text of VNI-Windows letters. For recognising the encoding and its headers; values in it are not read yet. */
export function decodeVni(text: string): string {
  return text.replace(/([aeouyôö])([øùûõïâáàåãäêéèúüë])|[ñôöæóòî]/giu, (code, vowel?: string, mark?: string) => {
    const small = code.toLowerCase();
    const base = vowel === undefined ? VNI_SINGLE[small]! : (VNI_SINGLE[vowel.toLowerCase()] ?? vowel.toLowerCase());
    const letter = (base + (mark === undefined ? "" : MARKS[mark.toLowerCase()]!)).normalize("NFC");
    return code.startsWith(small.charAt(0)) ? letter : letter.toUpperCase();
  });
}

/** The encoding in which most of the texts make real syllables; `lean` is the encoding of the sheet, for a column of few words. */
export function detectCharset(texts: readonly string[], lean?: Charset): Charset {
  const asIs = syllableShare(texts);
  if (asIs.words === 0) return "plain";
  // A letter beyond Latin-1 (ă, ư, ế) exists in Unicode text alone.
  const beyond = texts.some((text) => /[\u0100-\u1EFF]/.test(text));
  if (asIs.share >= 0.7 && (lean !== "tcvn3" || beyond)) return "unicode";
  const tcvn3 = syllableShare(texts.map(decodeTcvn3)).share;
  // Short words can be real both ways ("Dòng" is Dũng in TCVN3): then the sheet decides.
  if (lean === "tcvn3" && !beyond && tcvn3 >= asIs.share) return "tcvn3";
  const vni = syllableShare(texts.map(decodeVni)).share;
  const needed = lean === "tcvn3" ? 0.4 : 0.6;
  if (tcvn3 >= needed && tcvn3 >= asIs.share + 0.2 && tcvn3 >= vni) return "tcvn3";
  if (vni >= 0.6 && vni >= asIs.share + 0.2) return "vni";
  // Few real syllables among many marked words is an encoding not known here (VISCII, bytes read twice). In a sheet that is otherwise
  // Unicode they are words of another language, and few words prove nothing.
  return lean !== "unicode" && asIs.share < 0.25 && asIs.words >= 5 ? "unknown" : "unicode";
}

/** A cell of a column that is TCVN3, decoded unless this one cell was typed in Unicode. */
export function decodeCell(text: string): string {
  if (/[\u0100-\u1FFF]/.test(text)) return text;
  const decoded = decodeTcvn3(text);
  return syllableShare([decoded]).share < syllableShare([text]).share ? text : decoded;
}

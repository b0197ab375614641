const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/;
const LOOK_ALIKE = /[\u00D0\u0189\u00F0\u0256]/;
const UNTIDY = /^\s|\s$|\s\s|[^\S ]/;
const ETH: Record<string, string> = { "\u00D0": "Đ", "\u0189": "Đ", "\u00F0": "đ", "\u0256": "đ" };

/**
 * The text as the registry keeps it: NFC, one space between words, nothing invisible, Đ and đ as Vietnamese letters.
 * Published lists of names carry U+00D0 (Icelandic) and U+0189 (African) in place of U+0110 by the hundred.
 * A legacy encoding must be decoded before: in TCVN3 the soft hyphen, invisible here, is the letter ư.
 */
export function clean(text: string): string {
  // Most text is clean already; each test is cheaper than its replacement.
  const seen = INVISIBLE.test(text) ? text.replace(new RegExp(INVISIBLE, "g"), "") : text;
  const lettered = LOOK_ALIKE.test(seen) ? seen.replace(new RegExp(LOOK_ALIKE, "g"), (letter) => ETH[letter]!) : seen;
  const composed = lettered.normalize("NFC");
  return UNTIDY.test(composed) ? composed.replace(/\s+/g, " ").trim() : composed;
}

/**
 * The text without marks, case and punctuation, for comparison and search: `fold("Đỗ  Thị Ước") === "do thi uoc"`.
 * NFD alone folds neither đ nor its look-alikes.
 */
export function fold(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7F]*$/.test(text))
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  return text
    .normalize("NFD")
    .replace(/\p{M}|[\u00AD\u200B-\u200F\u2060\uFEFF]/gu, "")
    .toLowerCase()
    .replace(/[đðɖ]/g, "d")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * The folded text in which i and y are one letter wherever both spellings are in use: Lý = Lí, Quý = Quí, Mỹ = Mĩ.
 * After a, â and u the two are different sounds (Hay and Hai, Thúy and Thúi) and stay apart.
 */
export function foldSearch(text: string): string {
  return fold(text).replace(/(?<![\p{L}\p{N}])(qu|[bcdghklmnprstvx]*)y(?![\p{L}\p{N}])/gu, "$1i");
}

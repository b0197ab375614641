/** The days that a date known in whole or in part may be. */
export type Span = { earliest: string; latest: string };

/** The days of a literal: `1985-09` is 1985-09-01 to 1985-09-30. */
export function calendar(literal: string): Span {
  const [year = "", month, day] = literal.split("-");
  if (day !== undefined) return { earliest: literal, latest: literal };
  if (month === undefined) return { earliest: `${year}-01-01`, latest: `${year}-12-31` };
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return { earliest: `${literal}-01`, latest: `${literal}-${last}` };
}

/** Equality of plain values with a literal's text. */
export function eq(value: unknown, literal: string): boolean {
  if (typeof value === "number") return value === Number(literal);
  if (typeof value === "boolean") return String(value) === literal;
  return (value as string).normalize("NFC") === literal.normalize("NFC");
}

/** NFD, marks off, đ -> d, lower; words of letters and digits. */
export function folds(text: string): string {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[đðɖ]/g, "d");
  return (bare.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/** In search y and i after consonants are one letter: Lý = Lí. */
const searched = (text: string): string[] =>
  folds(text)
    .split(" ")
    .map((word) => word.replace(/^([^aeiou]*|qu)y$/, "$1i"));

/** Accent-insensitive and order-free: every word of the query stands in the text. */
export function matches(text: string, query: string): boolean {
  const words = searched(text);
  return searched(query).every((word) => words.includes(word));
}

/** How a name is like what was typed: 0 the exact form, 1 all its words with the same marks, 2 without marks, 3 similar. */
export function likeness(name: string, typed: string): number {
  const marked = (text: string): string[] => text.normalize("NFC").toLowerCase().split(/\s+/);
  if (marked(name).join(" ") === marked(typed).join(" ")) return 0;
  if (marked(typed).every((word) => marked(name).includes(word))) return 1;
  return matches(name, typed) ? 2 : 3;
}

/** Whether a name begins with what was typed, of which the last word may go on: "Quy" begins Quý and Quỳnh. */
export const begins = (name: string, typed: string): boolean =>
  folds(name).startsWith(folds(typed)) || searched(name).join(" ").startsWith(searched(typed).join(" "));

/** Whether a search that forgives typos might find more than `matches` does: how far it goes is its own affair, but a word must be near. */
export function resembles(text: string, query: string): boolean {
  const words = searched(text);
  const wanted = searched(query);
  return wanted.some((word) => words.some((one) => distance(word, one) <= 2)) || distance(words.join(""), wanted.join("")) <= 3;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

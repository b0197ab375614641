/** Ways in which a name is typed that is not how it is written. Made from tables of their own: they share nothing with the search. */
export const KINDS = [
  "marks dropped",
  "a tone missing",
  "a letter deleted",
  "a letter inserted",
  "letters swapped",
  "a letter replaced",
  "d for đ",
  "a space missing",
  "other order",
  "middle name abbreviated",
] as const;
export type Kind = (typeof KINDS)[number];

/** The kinds in which a letter is wrong; in the others every letter is right. */
export const TYPOS: readonly Kind[] = ["a letter deleted", "a letter inserted", "letters swapped", "a letter replaced"];

/** A generator of numbers in [0, 1): the same seed, the same numbers. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each row: a vowel without a tone, then with grave, acute, hook, tilde and dot. */
const VOWELS = "aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ".split(" ");
const BARE: Record<string, string> = { ă: "a", â: "a", ê: "e", ô: "o", ơ: "o", ư: "u", đ: "d" };
const ALPHABET = "abcdeghiklmnopqrstuvxy";

const inCase = (letter: string, like: string) =>
  like === like.toUpperCase() && like !== like.toLowerCase() ? letter.toUpperCase() : letter;

function withoutTone(letter: string): string {
  const row = VOWELS.find((vowels) => vowels.includes(letter.toLowerCase()));
  return row ? inCase(row[0]!, letter) : letter;
}

function bare(letter: string): string {
  const plain = withoutTone(letter).toLowerCase();
  return inCase(BARE[plain] ?? plain, letter);
}

/** The name as it might be typed; undefined where it cannot be misspelt in this way. */
export function misspell(name: string, kind: Kind, random: () => number): string | undefined {
  const letters = [...name];
  const words = name.split(" ");
  const pick = <T>(among: readonly T[]): T | undefined => among[Math.floor(random() * among.length)];
  const places = letters.flatMap((letter, i) => (/\p{L}/u.test(letter) ? [i] : []));
  const spliced = (at: number, count: number, ...put: string[]) => [...letters.slice(0, at), ...put, ...letters.slice(at + count)].join("");
  const changed = (text: string) => (text === name ? undefined : text);
  switch (kind) {
    case "marks dropped":
      return changed(letters.map(bare).join(""));
    case "a tone missing": {
      const at = pick(places.filter((i) => withoutTone(letters[i]!) !== letters[i]));
      return at === undefined ? undefined : spliced(at, 1, withoutTone(letters[at]!));
    }
    case "a letter deleted": {
      const at = pick(places.filter((i) => (letters[i - 1] ?? " ") !== " " || (letters[i + 1] ?? " ") !== " "));
      return at === undefined ? undefined : spliced(at, 1);
    }
    case "a letter inserted":
      return spliced(pick(places)! + 1, 0, pick([...ALPHABET])!);
    case "letters swapped": {
      const at = pick(
        places.filter((i) => places.includes(i + 1) && bare(letters[i]!).toLowerCase() !== bare(letters[i + 1]!).toLowerCase()),
      );
      return at === undefined ? undefined : spliced(at, 2, letters[at + 1]!, letters[at]!);
    }
    case "a letter replaced": {
      const at = pick(places)!;
      return spliced(at, 1, pick([...ALPHABET].filter((letter) => letter !== bare(letters[at]!).toLowerCase()))!);
    }
    case "d for đ":
      return changed(name.replaceAll("đ", "d").replaceAll("Đ", "D"));
    case "a space missing": {
      const at = pick(letters.flatMap((letter, i) => (letter === " " ? [i] : [])));
      return at === undefined ? undefined : spliced(at, 1);
    }
    case "other order": {
      const first = 1 + Math.floor(random() * (words.length - 1));
      return words.length < 2 ? undefined : changed([...words.slice(first), ...words.slice(0, first)].join(" "));
    }
    case "middle name abbreviated":
      if (words.length < 3) return undefined;
      return words.map((word, i) => (i === 0 || i === words.length - 1 ? word : `${word[0]}.`)).join(" ");
  }
}

/** A question and the name that it should find. */
export type Question = { kind: Kind; name: string; typed: string };

/** As many questions of each kind, about names drawn as often as they are borne. */
export function draw(names: readonly string[], count: number, seed: number): Question[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = KINDS[i % KINDS.length]!;
    for (;;) {
      const name = names[Math.floor(random() * names.length)]!;
      const typed = misspell(name, kind, random);
      if (typed !== undefined) return { kind, name, typed };
    }
  });
}

/** What was found: at which place the name stood among those given, from 1; undefined if it did not. */
export type Found = { question: Question; place: number | undefined };
export type Quality = { recall: number; mrr: number; count: number };

/** Recall within the first `most`, and the mean of one divided by the place. */
export function qualityOf(found: readonly Found[], most = 20): Quality {
  const count = found.length;
  const hits = found.filter(({ place }) => place !== undefined && place <= most);
  return { count, recall: hits.length / count, mrr: hits.reduce((sum, { place }) => sum + 1 / place!, 0) / count };
}

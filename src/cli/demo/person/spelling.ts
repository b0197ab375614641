/** The name without marks but with its capitals, as from a keyboard without Vietnamese: "Nguyen Thi Uoc". */
export function foldCased(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");
}

const RETONED: readonly (readonly [RegExp, string])[] = [
  [/òa(?!\p{L})/u, "oà"], [/óa(?!\p{L})/u, "oá"], [/ỏa(?!\p{L})/u, "oả"], [/õa(?!\p{L})/u, "oã"], [/ọa(?!\p{L})/u, "oạ"],
  [/(?<!q)ùy(?!\p{L})/iu, "uỳ"], [/(?<!q)úy(?!\p{L})/iu, "uý"], [/(?<!q)ủy(?!\p{L})/iu, "uỷ"], [/(?<!q)ụy(?!\p{L})/iu, "uỵ"],
  [/(?<=[LMKHST])ý(?!\p{L})/u, "í"], [/(?<=[LMKHST])ỹ(?!\p{L})/u, "ĩ"], [/(?<=[LMKHST])ỳ(?!\p{L})/u, "ì"],
  [/(?<=Qu)ý(?!\p{L})/u, "í"],
]; // prettier-ignore

/** The name in the other accepted spelling where it has one (hòa and hoà, Lý and Lí), else as it stands. */
export function retoned(text: string): string {
  return RETONED.reduce((all, [from, to]) => all.replace(from, to), text);
}

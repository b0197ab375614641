const ONSETS = "ngh ng nh gh gi ch kh ph qu th tr b c d đ g h k l m n p r s t v x".split(" ");
const RIMES = new Set(
  (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên " +
    "ênh êp êt êu êng i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat " +
    "oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân " +
    "uâng uât uây uc uê uêch uên uênh uêt ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu uyn " +
    "uyp ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu ưm ưn y yêm yên yêng yêt yêu ynh ych yt"
  ).split(" "),
);
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** Whether a word is a syllable that Vietnamese spelling allows, its tone included: "nguyễn" is one, "nguyôn" is not. */
export function isSyllable(word: string): boolean {
  const apart = word.toLowerCase().normalize("NFD");
  const tones = apart.match(TONES) ?? [];
  if (tones.length > 1) return false;
  const bare = apart.replace(TONES, "").normalize("NFC");
  for (const onset of ["", ...ONSETS]) {
    if (!bare.startsWith(onset)) continue;
    const rime = bare.slice(onset.length);
    if (!RIMES.has(rime)) continue;
    // A syllable that ends in a stop has the sharp or the heavy tone, no other.
    if (/(?:[ptc]|ch)$/.test(rime) && tones[0] !== "\u0301" && tones[0] !== "\u0323") continue;
    return true;
  }
  return false;
}

/** Of the words that carry any sign beyond ASCII, how many there are and which share of them are real syllables. */
export function syllableShare(texts: Iterable<string>): { words: number; share: number } {
  let words = 0;
  let real = 0;
  for (const text of texts) {
    for (const word of text.split(/[\s,.;:()/"'+–-]+/)) {
      // eslint-disable-next-line no-control-regex
      if (!/[^\x00-\x7F]/.test(word)) continue;
      words += 1;
      if (isSyllable(word)) real += 1;
    }
  }
  return { words, share: words === 0 ? 0 : real / words };
}

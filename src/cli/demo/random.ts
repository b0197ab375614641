/**
 * Chance that can be repeated: the same seed, index and stream give the same numbers on every machine (sfc32 by Chris Doty-Humphrey).
 *
 * Each person has a generator of its own, so that a person does not depend on how many others are made, nor in which order.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number, index: number, stream: number) {
    this.#a = (seed ^ Math.imul(stream, 0x9e3779b9)) | 0;
    this.#b = Math.floor(seed / 2 ** 32) ^ Math.imul(index, 0x85ebca6b);
    this.#c = index | 0;
    for (let i = 0; i < 15; i++) this.next();
  }

  /** An integer of 0..2^32-1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A number of 0 (included) to 1 (not included). */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer of 0..limit-1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** An integer of both ends or between; `from` where the ends are the wrong way round. */
  between(from: number, to: number): number {
    return to <= from ? from : from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  draw<T>(table: Weighted<T>): T {
    const wanted = this.fraction() * table.total;
    let [low, high] = [0, table.sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (table.sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return table.items[low]!;
  }
}

/** Things with how often each of them comes up. */
export type Weighted<T> = { items: readonly T[]; sums: Float64Array; total: number };

/** A table for `Random.draw` of pairs `[thing, weight]`. */
export function weighted<T>(pairs: readonly (readonly [T, number])[]): Weighted<T> {
  const sums = new Float64Array(pairs.length);
  let total = 0;
  pairs.forEach(([, weight], i) => {
    total += weight;
    sums[i] = total;
  });
  return { items: pairs.map(([thing]) => thing), sums, total };
}

/** A table from a line such as `"Văn 300 Đức 60"`. */
export function weightedWords(line: string): Weighted<string> {
  return weighted([...line.matchAll(/(\S.*?) (\d+(?:\.\d+)?)(?: |$)/g)].map(([, word, weight]) => [word!, Number(weight)]));
}

const HEX = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, "0"));

/** An id shaped as UUIDv7: `time` in milliseconds, the rest from `random`. */
export function idOf(random: Random, time: number): string {
  const [a, b, c] = [random.next(), random.next(), random.next()];
  const head = HEX[Math.floor(time / 2 ** 32) & 0xffff]! + HEX[Math.floor(time / 2 ** 16) & 0xffff]!;
  const version = HEX[0x7000 | (a & 0x0fff)]!;
  const variant = HEX[0x8000 | ((a >>> 12) & 0x3fff)]!;
  return `${head}-${HEX[time % 65_536]!}-${version}-${variant}-${HEX[b >>> 16]!}${HEX[b & 0xffff]!}${HEX[c >>> 16]!}`;
}

/**
 * Whether an index is one of the share asked for, spread by chance and exact: one index of each run of `1 / share`.
 * Independent chances would miss the share by a tenth in a population of some thousands.
 */
export function isChosen(seed: number, index: number, share: number, stream: number): boolean {
  if (share <= 0) return false;
  const run = Math.floor((index + 0.5) * share);
  const first = Math.ceil(run / share - 0.5);
  const next = Math.ceil((run + 1) / share - 0.5);
  return index === first + new Random(seed, run, stream).below(next - first);
}

import { Problem } from "../problems.ts";
import type { Bilingual } from "../problems.ts";
import { LIMITS, tooComplex } from "./limits.ts";
import { tokens } from "./tokens.ts";
import type { Token } from "./tokens.ts";
import type { Comparison, Place, Query } from "./tree.ts";

const CMP = new Set(["=", "!=", "<", "<=", ">", ">="]);
const WORDS = new Set(["below", "match", "prefix", "exact"]);

/**
 * Reads the text of `filter=` (grammar in api.md 3) into the query tree.
 * @throws Problem `filter-syntax` with the position and what was expected, `filter-ambiguous`, `filter-too-complex`.
 */
export function parseFilter(text: string, at: Place): Query {
  if (Buffer.byteLength(text) > LIMITS.length) throw tooComplex("length", Buffer.byteLength(text), at);
  return new Reader(tokens(text, at), at, text.length).whole();
}

class Reader {
  private readonly tokens: Token[];
  private readonly at: Place;
  private readonly end: number;
  private next = 0;
  private predicates = 0;
  private values = 0;

  constructor(list: Token[], at: Place, end: number) {
    this.tokens = list;
    this.at = at;
    this.end = end;
  }

  whole(): Query {
    const query = this.expression(1);
    if (this.peek()) throw this.unexpected({ vi: "“and”, “or” hoặc hết bộ lọc", en: "`and`, `or` or the end of the filter" });
    return query;
  }

  private expression(depth: number): Query {
    const items = [this.unary(depth)];
    const joiner = this.peek()?.text;
    if (!this.isWord("and") && !this.isWord("or")) return items[0]!;
    while (this.isWord("and") || this.isWord("or")) {
      if (this.peek()!.text !== joiner) {
        throw this.refuse("filter-ambiguous", {
          vi: `Ở vị trí ${this.peek()!.position + 1}: “and” và “or” đứng cạnh nhau; hãy thêm ngoặc.`,
          en: `At position ${this.peek()!.position + 1}: \`and\` and \`or\` side by side; add parentheses.`,
        });
      }
      this.next++;
      items.push(this.unary(depth));
    }
    return { is: joiner as "and" | "or", items };
  }

  private unary(depth: number): Query {
    if (depth > LIMITS.depth) throw tooComplex("depth", depth, this.at);
    if (this.isWord("not")) {
      this.next++;
      return { is: "not", item: this.unary(depth + 1) };
    }
    if (this.takeMark("(")) {
      const query = this.expression(depth + 1);
      this.mark(")");
      return query;
    }
    if ((this.isWord("has") || this.isWord("none") || this.isWord("count")) && this.tokens[this.next + 1]?.text === "(")
      return this.collection(depth);
    return this.predicate();
  }

  private collection(depth: number): Query {
    const is = this.take().text as "has" | "none" | "count";
    const at = this.place();
    this.mark("(");
    const path = this.path();
    const where = this.takeMark(",") ? this.expression(depth + 1) : undefined;
    this.mark(")");
    this.count();
    if (is !== "count") return { is, path, at, ...(where && { where }) };
    const compare = this.take().text;
    if (!CMP.has(compare)) throw this.unexpected({ vi: "một phép so sánh", en: "a comparison" }, -1);
    const value = this.take();
    if (!/^\d{1,6}$/.test(value.text)) throw this.unexpected({ vi: "một số nguyên", en: "a whole number" }, -1);
    return { is, path, compare: compare as "=", value: Number(value.text), at, ...(where && { where }) };
  }

  private predicate(): Query {
    const at = this.place();
    const path = this.path();
    this.count();
    const operator = this.peek();
    if (operator?.kind === "mark" && CMP.has(operator.text)) {
      this.next++;
      return { is: "compare", path, compare: operator.text as Comparison, values: [this.value()], at };
    }
    if (operator?.kind === "word" && operator.text === "exists") {
      this.next++;
      return { is: "compare", path, compare: "exists", values: ["true"], at };
    }
    if (operator?.kind === "word" && WORDS.has(operator.text)) {
      this.next++;
      return { is: "compare", path, compare: operator.text as Comparison, values: [this.value()], at };
    }
    if (operator?.kind === "word" && operator.text === "in") {
      this.next++;
      this.mark("(");
      const values = [this.value()];
      while (this.takeMark(",")) values.push(this.value());
      this.mark(")");
      return { is: "compare", path, compare: "in", values, at };
    }
    throw this.unexpected({
      vi: "một toán tử (=, !=, <, <=, >, >=, in, below, match, prefix, exact, exists)",
      en: "an operator (=, !=, <, <=, >, >=, in, below, match, prefix, exact, exists)",
    });
  }

  private path(): string {
    const token = this.take();
    // Any letters: `học_vị` is no field, and is told what it may stand for.
    if (token.kind !== "word" || !/^[\p{L}\p{M}_]+(\.[\p{L}\p{M}_]+)*$/u.test(token.text))
      throw this.unexpected({ vi: "tên một trường", en: "the name of a field" }, -1);
    return token.text;
  }

  private value(): string {
    const token = this.take();
    if (token.kind === "mark") throw this.unexpected({ vi: "một giá trị", en: "a value" }, -1);
    if (++this.values > LIMITS.values) throw tooComplex("values", this.values, this.at);
    return token.text;
  }

  private count(): void {
    if (++this.predicates > LIMITS.predicates) throw tooComplex("predicates", this.predicates, this.at);
  }
  private peek = (): Token | undefined => this.tokens[this.next];
  private isWord = (text: string) => this.peek()?.kind === "word" && this.peek()?.text === text;
  private take(): Token {
    const token = this.tokens[this.next++];
    if (!token) throw this.unexpected({ vi: "thêm chữ: bộ lọc hết giữa chừng", en: "more: the filter ends half-way" });
    return token;
  }
  private takeMark(text: string): boolean {
    const found = this.peek()?.kind === "mark" && this.peek()?.text === text;
    if (found) this.next++;
    return found;
  }
  private mark(text: string): void {
    if (!this.takeMark(text)) throw this.unexpected({ vi: `“${text}”`, en: `\`${text}\`` });
  }
  private place = (): Place => ({ ...this.at, position: (this.peek() ?? this.tokens.at(-1))?.position ?? 0 });
  private unexpected(expected: Bilingual, back = 0): Problem {
    const position = this.tokens[this.next + back]?.position ?? -1;
    const where =
      position < 0
        ? { vi: `Ở cuối bộ lọc (vị trí ${this.end + 1})`, en: `At the end of the filter (position ${this.end + 1})` }
        : { vi: `Ở vị trí ${position + 1}`, en: `At position ${position + 1}` };
    return this.refuse("filter-syntax", { vi: `${where.vi} cần ${expected.vi}.`, en: `${where.en}: expected ${expected.en}.` });
  }
  private refuse = (code: "filter-syntax" | "filter-ambiguous", detail: Bilingual) =>
    new Problem(code, { errors: [{ code, detail, ...this.at }] });
}

/** SQL text with its parameters. Values can only stand as parameters; text comes from the code alone. */
export class Statement {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts;
    this.values = values;
  }

  /** The numbered form that the driver takes: `{ text: "select $1", values: [..] }`. */
  render(): { text: string; values: unknown[] } {
    let text = this.texts[0] ?? "";
    for (let i = 1; i < this.texts.length; i++) text += `$${i}${this.texts[i]}`;
    return { text, values: [...this.values] };
  }
}

/** Builds a statement; a statement among the values is spliced in, anything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Statement {
  const texts = [strings[0] ?? ""];
  const parameters: unknown[] = [];
  values.forEach((value, i) => {
    const after = strings[i + 1] ?? "";
    if (value instanceof Statement) {
      texts[texts.length - 1] += value.texts[0] ?? "";
      value.texts.slice(1).forEach((text, j) => {
        parameters.push(value.values[j]);
        texts.push(text);
      });
      texts[texts.length - 1] += after;
    } else {
      parameters.push(value);
      texts.push(after);
    }
  });
  return new Statement(texts, parameters);
}

/** SQL text as it stands. Never give it anything that a client sent. */
export const raw = (text: string): Statement => new Statement([text], []);

/** A name quoted as an identifier. */
export const name = (text: string): Statement => raw(`"${text.replaceAll('"', '""')}"`);

/** Statements joined by a separator: `join(parts, " and ")`. */
export function join(parts: readonly Statement[], separator: string): Statement {
  return parts.reduce((all, part, i) => (i === 0 ? part : sql`${all}${raw(separator)}${part}`), raw(""));
}

/** A text as an SQL literal; for names of the field registry inside `json_build_object`. */
export const literal = (text: string): Statement => raw(`'${text.replaceAll("'", "''")}'`);

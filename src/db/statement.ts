/** SQL text with its parameters. Values can only stand as parameters; text comes from the code alone. */
export class Statement {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
  /** The numbered text, made when it is first asked for. */
  private text: string | undefined;
  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts;
    this.values = values;
  }

  /** The numbered form that the driver takes: `{ text: "select $1", values: [..] }`. */
  render(): { text: string; values: unknown[] } {
    return { text: (this.text ??= numbered(this.texts)), values: [...this.values] };
  }

  /** The same text with other values in their places. */
  with(values: readonly unknown[]): Statement {
    const other = new Statement(this.texts, values);
    other.text = this.text ??= numbered(this.texts);
    return other;
  }
}

function numbered(texts: readonly string[]): string {
  let text = texts[0] ?? "";
  for (let i = 1; i < texts.length; i++) text += `$${i}${texts[i]}`;
  return text;
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
  const texts = [""];
  const values: unknown[] = [];
  parts.forEach((part, i) => {
    texts[texts.length - 1] += `${i === 0 ? "" : separator}${part.texts[0] ?? ""}`;
    values.push(...part.values);
    texts.push(...part.texts.slice(1));
  });
  return new Statement(texts, values);
}

/** A text as an SQL literal; for names of the field registry inside `json_build_object`. */
export const literal = (text: string): Statement => raw(`'${text.replaceAll("'", "''")}'`);

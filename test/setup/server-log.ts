import { existsSync, readFileSync } from "node:fs";

/** How values of the tests' persons look: citizen ids, phones, addresses, and the words that are nobody's name but a canary's. */
const VALUES = [/(?<!\d)0\d{11}(?!\d)/, /(?<!\d)(?:84|0)?[35789]\d{8}(?!\d)/, /[\w.-]+@example\.vn/, /zq[bcdfghklmx]{4}/i, /canary/i];

/** The lines of a log in which a value of a person stands. */
export const valuesIn = (log: string): string[] => log.split("\n").filter((line) => VALUES.some((value) => value.test(line)));

/**
 * Looks through all that a server has logged, whatever it was asked meanwhile.
 * @throws Error naming the lines in which a value of a person stands, or that there is no log
 */
export function refuseValues(file: string): void {
  if (!existsSync(file)) throw new Error(`PostgreSQL has no log at ${file}: nothing says that no value of a person stands in it`);
  const found = valuesIn(readFileSync(file, "utf8"));
  if (found.length > 0) throw new Error(`Values of persons stand in the log of PostgreSQL (A6):\n${found.slice(0, 10).join("\n")}`);
}

import { isOrcid, isPersonCode } from "../../core/check-characters.ts";
import type { Place, Query } from "../../core/query/tree.ts";
import { refuseInUrl } from "../../db/query/refusals.ts";

/** A code as people write it, of a person's record. */
export const codeIn = (text: string): string | undefined => {
  const code = text.trim().toUpperCase();
  return isPersonCode(code) ? code : undefined;
};

/** What `q=` asks of people: a code where one stands, else the name. @throws Problem `identifier-in-url` */
export function quickQuestion(text: string, at: Place): Query {
  refuseNumbers(text, at);
  const code = codeIn(text);
  if (code !== undefined) return { is: "compare", path: "code", compare: "=", values: [code], at };
  return { is: "compare", path: "name", compare: "match", values: [text], at };
}

/** What stands in a URL stays in logs: neither a citizen id nor a telephone number or an address may. @throws Problem `identifier-in-url` */
export function refuseNumbers(text: string, at: Place): void {
  if (text.includes("@")) throw refuseInUrl("emails", at);
  const digits = text.replace(/[\s.()-]/g, "");
  if (isOrcid(text.trim()) || !/^\+?\d{9,15}$/.test(digits)) return;
  throw refuseInUrl(/^\d{9}$|^\d{12}$/.test(digits) ? "citizen_id" : "phones", at);
}

/** What the structure of a citizen id says: three digits of the place of birth registration, gender and year of birth. */
export type CitizenIdFacts = { place: string; gender: "male" | "female"; birth_year: number };

/**
 * The human number of a person: seven digits and a check digit by ISO 7064 MOD 11,10 over them.
 *
 * `personCode(123) === "BN-0000123-5"`. Every single wrong digit and nearly every swap of neighbours gives a code that is refused.
 * @throws RangeError when the number is not one of 0..9999999
 */
export function personCode(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n > 9_999_999) throw new RangeError("a person's number has at most seven digits");
  const digits = String(n).padStart(7, "0");
  return `BN-${digits}-${mod11and10(digits)}`;
}

/** Whether a text is a person's code with the right check digit. */
export function isPersonCode(text: string): boolean {
  const [, digits, check] = /^BN-(\d{7})-(\d)$/.exec(text) ?? [];
  return digits !== undefined && mod11and10(digits) === check;
}

/** Whether a text is an ORCID iD in its written form (`0000-0002-1825-0097`), its last character right by ISO 7064 MOD 11-2. */
export function isOrcid(text: string): boolean {
  if (!/^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/.test(text)) return false;
  const characters = text.replaceAll("-", "");
  let sum = 0;
  for (const digit of characters.slice(0, 15)) sum = (sum + Number(digit)) * 2;
  const check = (12 - (sum % 11)) % 11;
  return characters[15] === (check === 10 ? "X" : String(check));
}

/**
 * What a citizen id (twelve digits) says about its holder, or undefined when its structure is not one.
 *
 * Structure by Decree 137/2015/NĐ-CP, Article 13: place, then one digit for century and gender, then two of the year. The number has no
 * check digit, and gender or year may rightly differ from the person's (civil status corrected), so a difference is worth a note only.
 */
export function citizenIdFacts(id: string): CitizenIdFacts | undefined {
  const [, place, marker, year] = /^(\d{3})(\d)(\d{2})\d{6}$/.exec(id) ?? [];
  if (place === undefined || marker === undefined || year === undefined || place === "000") return undefined;
  const century = Math.floor(Number(marker) / 2);
  return { place, gender: Number(marker) % 2 === 0 ? "male" : "female", birth_year: 1900 + 100 * century + Number(year) };
}

function mod11and10(digits: string): string {
  let product = 10;
  for (const digit of digits) product = (((product + Number(digit)) % 10 || 10) * 2) % 11;
  return String((11 - product) % 10);
}

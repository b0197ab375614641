import { fold } from "../../core/vietnamese/text.ts";

// Countries where Vietnamese degrees come from and people live, by usual Vietnamese and English names; ISO 3166-1 alpha-2.
const NAMES: Record<string, string> = {
  VN: "viet nam|vietnam|vn|trong nuoc",
  US: "hoa ky|my|usa|us|united states",
  GB: "anh|vuong quoc anh|anh quoc|uk|united kingdom",
  FR: "phap|france",
  DE: "duc|chlb duc|cong hoa lien bang duc|chdc duc|dong duc|germany",
  RU: "nga|lien bang nga|lien xo|lien xo cu|russia",
  UA: "ukraina|ukraine|ucraina",
  BY: "belarus|bach nga",
  CN: "trung quoc|china",
  TW: "dai loan|taiwan",
  JP: "nhat ban|nhat|japan",
  KR: "han quoc|korea|south korea",
  KP: "trieu tien|bac trieu tien",
  AU: "uc|australia|oxtraylia",
  NZ: "new zealand|niu di lan|niuzilan",
  CA: "canada",
  SG: "singapore|xinh ga po|singapo",
  TH: "thai lan|thailand",
  MY: "malaysia|ma lai xi a",
  PH: "philippines|phi lip pin",
  ID: "indonesia",
  LA: "lao|laos",
  KH: "campuchia|cambodia",
  IN: "an do|india",
  CZ: "sec|cong hoa sec|czech|tiep khac|tiep",
  SK: "slovakia|xlovakia",
  PL: "ba lan|poland",
  HU: "hungary|hungari",
  RO: "rumani|romania",
  BG: "bungari|bulgaria",
  CU: "cuba|cu ba",
  BE: "bi|vuong quoc bi|belgium",
  NL: "ha lan|netherlands",
  SE: "thuy dien|sweden",
  NO: "na uy|norway",
  DK: "dan mach|denmark",
  FI: "phan lan|finland",
  CH: "thuy si|thuy sy|switzerland",
  AT: "ao|austria",
  IT: "y|italia|italy",
  ES: "tay ban nha|spain",
  PT: "bo dao nha|portugal",
  IL: "israel",
  HK: "hong kong",
};
const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([code, names]) => names.split("|").map((name): [string, string] => [name, code])),
);

/** The ISO 3166-1 code of a country as written in Vietnamese or English, or null. */
export function readCountry(text: string): string | null {
  return BY_NAME.get(fold(text).replace(/^(?:nuoc|tai|o) /, "")) ?? null;
}

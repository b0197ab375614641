/** A language that the service speaks. */
export type Language = "vi" | "en";

/**
 * The language that an `Accept-Language` header prefers among those offered: Vietnamese unless English is asked for.
 *
 * `languageOf("en-GB,en;q=0.9,vi;q=0.8") === "en"`
 */
export function languageOf(header: string | undefined): Language {
  let best: Language = "vi";
  let weight = 0;
  // A header can be many KiB; nobody states more than a few wishes.
  for (const wish of (header ?? "").slice(0, 500).toLowerCase().split(",")) {
    const [, tag, q = "1"] = /^\s*(vi|en|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/.exec(wish) ?? [];
    if (tag === undefined || Number(q) <= weight) continue;
    weight = Number(q);
    best = tag === "en" ? "en" : "vi";
  }
  return best;
}

import type { FastifyInstance } from "fastify";
import { languageOf } from "../language.ts";
import { PAGE_POLICY, serveAssets } from "./assets.ts";
import { landingPage } from "./landing-page.ts";

/** What the page tells about the service at this moment. */
export type ServiceState = {
  people: number;
  degrees: number;
  affiliations: number;
  organizations: number;
  localities: number;
  ready: boolean;
  version: string;
  /** Whether this is the bundled database, on which tokens come from the command line. */
  embedded: boolean;
};

/** Where the page takes its figures from, and the address that it shows. */
export type LandingSettings = { state: () => Promise<ServiceState>; publicUrl: () => string; version: string };

/** Figures are counted at most this often: anybody may ask for the page. */
const FRESH_MS = 10_000;

/** Serves `/`: a page that tells a person what this is, how it does and how to begin; in Vietnamese, or in English if preferred. */
export function serveLanding(app: FastifyInstance, { state, publicUrl, version }: LandingSettings): void {
  const assetUrl = serveAssets(app);
  const nothing = { people: 0, degrees: 0, affiliations: 0, organizations: 0, localities: 0 };
  const away: ServiceState = { ...nothing, ready: false, embedded: false, version };
  let last: { state: Promise<ServiceState>; until: number } | undefined;
  const current = () => {
    if (last === undefined || last.until < Date.now()) last = { state: state().catch(() => away), until: Date.now() + FRESH_MS };
    return last.state;
  };
  app.get<{ Querystring: { lang?: string } }>("/", { config: { scope: "public" }, schema: { hide: true } }, async (request, reply) => {
    const { lang } = request.query;
    const language = lang === "vi" || lang === "en" ? lang : languageOf(request.headers["accept-language"]);
    const html = landingPage(await current(), { language, publicUrl: publicUrl(), assetUrl });
    return reply
      .type("text/html; charset=utf-8")
      .headers({
        "content-security-policy": PAGE_POLICY,
        "cache-control": "no-cache",
        "content-language": language,
        vary: "Accept-Language",
      })
      .send(html);
  });
}

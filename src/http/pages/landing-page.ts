import type { Language } from "../language.ts";
import type { AssetUrl } from "./assets.ts";
import { LANDING_TEXTS } from "./landing-texts.ts";
import type { LandingTexts } from "./landing-texts.ts";
import type { ServiceState } from "./landing.ts";

/** In whose language, under which address, and with which files the page is made. */
export type PageSettings = { language: Language; publicUrl: string; assetUrl: AssetUrl };

/** The landing page as HTML: no script, no inline style. */
export function landingPage(state: ServiceState, { language, publicUrl, assetUrl }: PageSettings): string {
  const texts = LANDING_TEXTS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trí Thức · ${texts.subtitle}</title>
<meta name="description" content="${texts.lead}">
<link rel="icon" type="image/svg+xml" href="${assetUrl("logo.svg")}">
<link rel="stylesheet" href="${assetUrl("site.css")}">
</head>
<body>
<a class="skip" href="#main">${texts.skip}</a>
<div class="page">
<header>
<img class="logo" src="${assetUrl("logo.svg")}" alt="" width="52" height="52">
<div class="name"><h1>Trí Thức</h1><p>${texts.subtitle}</p></div>
<nav aria-label="${texts.languages}"><ul class="languages">${languageLink("vi", "Tiếng Việt", language)}${languageLink("en", "English", language)}</ul></nav>
</header>
<main id="main">
<p class="lead">${texts.lead}</p>
<p class="state ${state.ready ? "good" : "bad"}"><span>${state.ready ? texts.ready : texts.away}</span>
<small>${texts.version} ${escape(state.version)}</small></p>
${figures(state, texts, language)}
${state.ready && state.people === 0 ? beginning(texts) : ""}
${access(state, texts, publicUrl)}
${links(texts)}
</main>
<footer><p>${texts.licence} <span class="whole">Apache-2.0</span>.</p></footer>
</div>
</body>
</html>
`;
}

function languageLink(lang: Language, name: string, current: Language): string {
  const here = lang === current ? ' aria-current="true"' : "";
  return `<li><a href="/?lang=${lang}" lang="${lang}" hreflang="${lang}"${here}>${name}</a></li>`;
}

function figures(state: ServiceState, texts: LandingTexts, language: Language): string {
  // Away, a zero would be a lie.
  const said = (count: number) => (state.ready ? new Intl.NumberFormat(language).format(count) : "–");
  const cells = (["people", "degrees", "affiliations", "organizations", "localities"] as const).map(
    (noun) => `<div><dt>${texts[noun]}</dt><dd>${said(state[noun])}</dd></div>`,
  );
  return `<section aria-labelledby="figures"><h2 id="figures">${texts.figures}</h2><dl class="counts">${cells.join("")}</dl></section>`;
}

function beginning(texts: LandingTexts): string {
  return `<section class="card begin" aria-labelledby="begin"><h2 id="begin">${texts.begin}</h2><p>${texts.beginLead}</p>
<ol><li>${texts.demo}${command("npx trithuc demo --people 1000")}</li>
<li>${texts.import}${command("npx trithuc import danh-sach.xlsx")}</li></ol></section>`;
}

function access({ embedded }: ServiceState, texts: LandingTexts, publicUrl: string): string {
  const call = command(`curl -H "Authorization: Bearer $TOKEN" "${publicUrl}/v1/people?limit=3"`);
  const own = `<p>${texts.tokenLead}</p>${command('TOKEN=$(npx trithuc token --scope "people:read" | tail -n 1)')}`;
  return `<section class="card" aria-labelledby="token"><h2 id="token">${texts.token}</h2>
${embedded ? own : `<p>${texts.tokenIssuer}</p>`}<p>${texts.call}</p>${call}<p class="note">${texts.copy}</p></section>`;
}

function links(texts: LandingTexts): string {
  const rows = [
    ["/docs", texts.docs, texts.docsAbout],
    ["/problems", texts.problems, texts.problemsAbout],
    ["/openapi.json", texts.openapi, texts.openapiAbout],
    ["/readyz", texts.health, texts.healthAbout],
  ].map(([href, name, about]) => `<li><a href="${href}">${name}</a><p>${about}</p></li>`);
  return `<section aria-labelledby="links"><h2 id="links">${texts.links}</h2><ul class="links">${rows.join("")}</ul></section>`;
}

function command(text: string): string {
  return `<pre><code>${escape(text)}</code></pre>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

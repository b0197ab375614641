import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { Problem, PROBLEMS } from "../../core/problems.ts";
import type { Bilingual, ProblemCode, ProblemText } from "../../core/problems.ts";
import { languageOf } from "../language.ts";
import { allowOnly } from "../nouns/parts.ts";
import type { RawQuery } from "../nouns/parts.ts";
import type { Language } from "../language.ts";

/** The second closed list: what may be wrong with a row of a spreadsheet. */
export type RowProblems = Readonly<Record<string, { severity: "error" | "warning" | "note"; title: Bilingual; about: Bilingual }>>;

/** A text in both languages, as clients get it. */
export const Label = z.object({ vi: z.string(), en: z.string() }).meta({ id: "Label", description: "A text in both languages." });

const about = { title: Label, about: Label };
const ProblemShape = z.object({ code: z.string(), type: z.string(), status: z.int(), ...about }).meta({ id: "ProblemDescription" });
const RowProblemShape = z
  .object({ code: z.string(), severity: z.enum(["error", "warning", "note"]), ...about })
  .meta({ id: "RowProblemDescription" });

/** What `GET /v1/meta/problems` answers: both closed lists. */
export const ProblemLists = z
  .object({
    problems: z.array(ProblemShape).meta({ description: "Every code that a failure of the service may carry." }),
    row_problems: z.array(RowProblemShape).meta({ description: "Every code that a row of an imported spreadsheet may carry." }),
  })
  .meta({ id: "ProblemLists", description: "The closed lists of problems, with what each means and what to do about it." });

const STYLE = `:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{max-width:44rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;line-height:1.3}code{font:.95em ui-monospace,monospace;background:#8882;padding:.1em .35em;border-radius:.25em}
section{border-top:1px solid #8884;margin-top:1.5rem;padding-top:.5rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.35rem .5rem .35rem 0;border-bottom:1px solid #8883}`;
const POLICY =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves one page for each problem (`/problems/{code}`), their index, and both closed lists as JSON. */
export function serveProblemPages(app: FastifyInstance, rowProblems: RowProblems, publicUrl: () => string): void {
  const config = { scope: "public" } as const;

  app.get<{ Params: { code: string } }>("/problems/:code", { config, schema: { hide: true } }, (request, reply) => {
    const { code } = request.params;
    if (!Object.hasOwn(PROBLEMS, code)) throw new Problem("not-found");
    const language = languageOf(request.headers["accept-language"]);
    return sendPage(reply, language, pageOf(code, PROBLEMS[code as ProblemCode], language));
  });

  app.get("/problems", { config, schema: { hide: true } }, (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    return sendPage(reply, language, indexPage(language));
  });

  const schema = {
    operationId: "listProblems",
    tags: ["meta"],
    summary: "The closed lists of problems",
    description: "Every `code` of a failed request and of a spreadsheet's row, with its meaning and what to do, in Vietnamese and English.",
    response: { 200: ProblemLists },
  };
  app.get("/v1/meta/problems", { schema, preHandler: async ({ query }) => allowOnly(query as RawQuery, []) }, () => ({
    problems: Object.entries(PROBLEMS).map(([code, { status, title, about }]) => {
      return { code, type: `${publicUrl()}/problems/${code}`, status, title, about };
    }),
    row_problems: Object.entries(rowProblems).map(([code, { severity, title, about }]) => ({ code, severity, title, about })),
  }));
}

function sendPage(reply: FastifyReply, language: Language, html: string) {
  return reply
    .type("text/html; charset=utf-8")
    .headers({
      "content-security-policy": POLICY,
      "cache-control": "public, max-age=3600",
      "content-language": language,
      vary: "Accept-Language",
    })
    .send(html);
}

function pageOf(code: string, { status, title, about }: ProblemText, language: Language): string {
  const part = (lang: Language) => `<section lang="${lang}"><h2>${escape(title[lang])}</h2><p>${escape(about[lang])}</p></section>`;
  const [first, second] = language === "en" ? (["en", "vi"] as const) : (["vi", "en"] as const);
  const head = `<h1><code>${code}</code> ${escape(title[language])}</h1><p>HTTP ${status} ${STATUS_CODES[status]}</p>`;
  return layout(language, `${code}: ${title[language]}`, `${head}${part(first)}${part(second)}<p><a href="/problems">/problems</a></p>`);
}

function indexPage(language: Language): string {
  const rows = Object.entries(PROBLEMS).map(([code, { status, title }]) => {
    return `<tr><td>${status}</td><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${escape(title[language])}</td></tr>`;
  });
  const title = { vi: "Các mã lỗi của dịch vụ", en: "Problem codes of the service" }[language];
  return layout(language, title, `<h1>${title}</h1><table><tbody>${rows.join("\n")}</tbody></table>`);
}

function layout(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

import type { FastifyRequest } from "fastify";
import { Problem } from "../../core/problems.ts";
import { readSelection } from "../../db/query/selection.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { foundBy } from "../../http/nouns/delivery.ts";
import { periodDay, treeOf } from "../../http/nouns/lists.ts";
import { contextOf, dayOf, invalid, single } from "../../http/nouns/parts.ts";
import type { Parts, RawQuery } from "../../http/nouns/parts.ts";
import { accepts } from "../../http/traffic/accept.ts";
import type { ExportQuery } from "./queries.ts";

/** The parameters of an export beside the fields of its noun. */
export const EXPORT_CONTROLS = ["filter", "sort", "fields", "include", "as_of", "format"] as const;
/** The media type of NDJSON; it was never registered, and every tool knows it by this name. */
export const NDJSON = "application/x-ndjson";

/** What a request wants exported. @throws Problem for parameters that do not fit, and for formats that are not offered */
export function exportOf(parts: Parts, source: Source, request: FastifyRequest): { asked: ExportQuery; context: Context } {
  const query = request.query as RawQuery;
  refuseFormat(query, request.headers.accept);
  if (query["sort"] !== undefined && single("sort", query["sort"]) !== "id") {
    throw invalid({ parameter: "sort" }, "id (bản xuất theo thứ tự id)", "id (an export is in the order of ids)");
  }
  const context = contextOf(request, parts, dayOf(query, "as_of"));
  return { asked: readExport(query, source, context), context };
}

/** The same parameters, wherever they came from. */
export function readExport(query: RawQuery, source: Source, context: Context): ExportQuery {
  const one = (name: string) => (query[name] === undefined ? undefined : single(name, query[name]));
  const fields = one("fields");
  // People go with all their facts, unless it is said what is wanted of them.
  const include = one("include") ?? (fields === undefined ? Object.keys(source.noun.collections).join(",") : undefined);
  const tree = treeOf(query, source, context, EXPORT_CONTROLS);
  return {
    query: tree,
    selection: foundBy(tree, readSelection(source, fields, include, context), source, context),
    on: periodDay(source, tree, context),
  };
}

function refuseFormat(query: RawQuery, accept: string | undefined): void {
  const format = query["format"] === undefined ? undefined : single("format", query["format"]);
  if (format === "ndjson") return;
  if (format !== undefined) {
    throw invalid({ parameter: "format" }, "ndjson (csv và xlsx chưa có)", "ndjson (csv and xlsx are not offered yet)");
  }
  if (accept === undefined || accepts(accept, NDJSON)) return;
  const detail = {
    vi: `Bản xuất là ${NDJSON}: hãy nêu nó trong Accept, hoặc đặt format=ndjson.`,
    en: `An export is ${NDJSON}: name it in Accept, or say format=ndjson.`,
  };
  throw new Problem("not-acceptable", { detail, errors: [{ code: "not-acceptable", detail, header: "Accept" }] });
}

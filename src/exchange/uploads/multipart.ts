import type { FastifyRequest } from "fastify";
import { isPartialDate } from "../../core/time/partial-date.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import { clean } from "../../core/vietnamese/text.ts";
import type { Upload } from "../imports/commands.ts";

const KNOWN = ["file", "organization_id", "received_on", "document"];

/** The parts of a multipart upload: the file, and what is said of it. @throws Problem with everything that is wrong. */
export async function readUpload(
  request: FastifyRequest,
  maxBytes: number,
): Promise<Omit<Upload, "organizationId"> & { organization: string | null }> {
  if (!request.isMultipart()) throw new Problem("unsupported-media-type");
  const texts = new Map<string, string>();
  const violations: Violation[] = [];
  const files: { bytes: Buffer; fileName: string }[] = [];
  for await (const part of request.parts({ limits: { fileSize: maxBytes, files: 2, fields: 10, fieldSize: 2_000 } })) {
    if (!KNOWN.includes(part.fieldname)) violations.push(unknown(part.fieldname));
    // The bytes of a part must be read for the next one to come, wanted or not.
    const bytes = part.type === "file" ? await part.toBuffer() : undefined;
    if (part.type === "field") texts.set(part.fieldname, String(part.value));
    else if (part.fieldname === "file") files.push({ bytes: bytes!, fileName: fileNameOf(part.filename) });
  }
  const text = (name: string) => texts.get(name)?.trim() || null;
  const [file] = files;
  if (!file || file.bytes.length === 0) violations.push(wrong("file", "Thiếu tệp.", "The file is missing."));
  if (files.length > 1) violations.push(wrong("file", "Chỉ gửi một tệp.", "Send one file only."));
  const receivedOn = text("received_on");
  if (receivedOn !== null && (receivedOn.length !== 10 || !isPartialDate(receivedOn)))
    violations.push(wrong("received_on", "Cần một ngày, YYYY-MM-DD.", "Must be a day, YYYY-MM-DD."));
  const document = text("document");
  if (document !== null && ([...document].length > 300 || CONTROL.test(document)))
    violations.push(wrong("document", "Một dòng, nhiều nhất 300 ký tự.", "One line of at most 300 characters."));
  if (violations.length > 0) throw problemOf(violations, "body");
  return { ...file!, organization: text("organization_id"), receivedOn, document: document === null ? null : clean(document) };
}

const CONTROL = /\p{Cc}/u;
const fileNameOf = (name: string | undefined): string => [...clean((name ?? "").replace(/\p{Cc}/gu, ""))].slice(0, 200).join("") || "file";
const wrong = (part: string, vi: string, en: string): Violation => ({ code: "validation-failed", pointer: `/${part}`, detail: { vi, en } });
const unknown = (part: string): Violation => ({
  code: "unknown-field",
  pointer: `/${part.slice(0, 80)}`,
  detail: { vi: `Không có thành phần “${part.slice(0, 80)}”.`, en: `There is no part \`${part.slice(0, 80)}\`.` },
});

/** The parts of an upload, for the document. */
export const uploadShape = {
  type: "object",
  required: ["file"],
  properties: {
    // `format` beside the media type: generators take a file for text without it.
    file: {
      type: "string",
      format: "binary",
      contentMediaType: "application/octet-stream",
      description: "The spreadsheet, at most 20 MiB or 100,000 rows.",
    },
    organization_id: {
      type: "string",
      maxLength: 40,
      description: "The supplier: id or code of an organization; the token's only `org` if left out.",
    },
    received_on: { type: "string", format: "date", description: "When the file was received." },
    document: { type: "string", maxLength: 300, description: "The document that it came with." },
  },
};

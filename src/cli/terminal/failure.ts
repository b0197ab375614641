import { Problem, PROBLEMS } from "../../core/problems.ts";
import type { Bilingual } from "../../core/problems.ts";
import { StartError } from "../../db/start-error.ts";
import { FAILED, MISUSED, UsageError } from "./command.ts";

/** What a failure tells the person at the terminal, and the exit code that goes with it. */
export type Failure = { texts: Bilingual[]; code: number; trace?: string };

/** Turns anything thrown into lines for a person; only what nobody foresaw brings places in the code along. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return { texts: [error.text], code: MISUSED };
  if (error instanceof StartError) return { texts: [error.text], code: FAILED };
  if (error instanceof Problem) return { texts: textsOf(error), code: error.status < 500 ? MISUSED : FAILED };
  // Whoever read our output has seen enough: `trithuc export | head`.
  if ((error as { code?: unknown }).code === "EPIPE") return { texts: [], code: FAILED };
  const texts = ofListening(error as NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string });
  return texts ? { texts: [texts], code: FAILED } : unforeseen(error);
}

/** An address on which the service cannot listen. */
function ofListening({ code, port, address, hostname }: NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string }) {
  switch (code) {
    case "EADDRINUSE":
      return {
        vi: `Cổng ${port} đã có chương trình khác dùng: hãy đặt PORT sang số khác.`,
        en: `Port ${port} is taken by another program: set PORT to another number.`,
      };
    case "EACCES":
      if (port === undefined) return undefined;
      return {
        vi: `Không được phép dùng cổng ${port}: hãy đặt PORT từ 1024 trở lên.`,
        en: `Port ${port} is not allowed: set PORT to 1024 or more.`,
      };
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return {
        vi: `Máy này không có địa chỉ ${address ?? hostname}: hãy sửa HOST.`,
        en: `This machine has no address ${address ?? hostname}: correct HOST.`,
      };
    default:
      return undefined;
  }
}

function textsOf({ code, detail, errors }: Problem): Bilingual[] {
  const details = errors.map(({ detail: { vi, en }, did_you_mean: near }) =>
    near === undefined ? { vi, en } : { vi: `${vi} Có phải “${near}” không?`, en: `${en} Did you mean "${near}"?` },
  );
  return details.length > 0 ? details : [detail ?? PROBLEMS[code].title];
}

/** A driver's message quotes values of rows: of an error nobody foresaw only its name, its code and its places are shown. */
function unforeseen(error: unknown): Failure {
  const { name, code } = error as { name?: string; code?: unknown };
  const what = [name ?? typeof error, ...(typeof code === "string" ? [code] : [])].join(" ");
  const texts = [
    { vi: `Lỗi không lường trước: ${what}. Hãy chạy “trithuc doctor”.`, en: `An unforeseen failure: ${what}. Run "trithuc doctor".` },
  ];
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const places = stack.split("\n").filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line));
  return { texts, code: FAILED, trace: places.slice(0, 6).join("\n") };
}

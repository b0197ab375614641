import type { z } from "zod";
import { MOST_TOLD, nearest } from "../problems.ts";
import type { Bilingual, Violation } from "../problems.ts";
import { isPartialDate } from "../time/partial-date.ts";

/** A body as far as it fits, and everything that does not. */
export type Checked = { value: Record<string, unknown>; violations: Violation[] };

/** Violations that are worth reporting; a body that is wrong in more places is told so by the first hundred. */
const MOST = 100;

/** Checks a body against its shape: every violation with its pointer (RFC 6901), unknown members among them. */
export function checkBody(shape: z.ZodObject, body: unknown): Checked {
  const result = shape.safeParse(body, { reportInput: true });
  if (result.success) return { value: result.data as Record<string, unknown>, violations: calendar(result.data, "") };
  const violations = result.error.issues.flatMap((issue) => violationsOf(issue, shape));
  return { value: {}, violations: violations.slice(0, MOST) };
}

type Issue = z.core.$ZodIssue;

function violationsOf(issue: Issue, shape: z.ZodObject): Violation[] {
  const pointer = pointerOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = membersAt(shape, issue.path);
    return issue.keys.map((key, n) => {
      // Nobody is told of more, and for 9,000 it took 80 ms in which nobody else was answered (2026-11).
      const near = n < MOST_TOLD ? nearest(key, known) : undefined;
      const detail = { vi: `Không có thành phần “${key.slice(0, 80)}”.`, en: `There is no member \`${key.slice(0, 80)}\`.` };
      return { code: "unknown-field", pointer: `${pointer}/${escape(key)}`, detail, ...(near !== undefined && { did_you_mean: near }) };
    });
  }
  return [{ code: "validation-failed", pointer, detail: explain(issue), ...countOf(issue) }];
}

/** A limit that was passed, and what was counted against it: a number, or how long a text or a list is. */
function countOf(issue: Issue): Pick<Violation, "limit" | "value"> {
  if (issue.code !== "too_big" && issue.code !== "too_small") return {};
  const { input } = issue as { input?: unknown };
  const value = typeof input === "string" ? [...input].length : Array.isArray(input) ? input.length : input;
  const limit = Number(issue.code === "too_big" ? issue.maximum : issue.minimum);
  return { limit, ...(typeof value === "number" && { value }) };
}

/** The members that a shape has at a path, through arrays and through what may be null or left out. */
function membersAt(shape: z.ZodType, path: readonly PropertyKey[]): string[] {
  const def = shape.def as { innerType?: z.ZodType; element?: z.ZodType; shape?: Record<string, z.ZodType> };
  if (def.innerType) return membersAt(def.innerType, path);
  if (def.element) return membersAt(def.element, path.slice(1));
  const [head, ...rest] = path;
  const next = head === undefined ? undefined : def.shape?.[String(head)];
  return next ? membersAt(next, rest) : head === undefined ? Object.keys(def.shape ?? {}) : [];
}

/** Why a value does not fit, without the value. */
function explain(issue: Issue): Bilingual {
  switch (issue.code) {
    case "invalid_type":
      return { vi: `Cần kiểu ${issue.expected}.`, en: `Must be of type ${issue.expected}.` };
    case "too_small":
      return { vi: `Quá ngắn hoặc quá nhỏ: ít nhất ${issue.minimum}.`, en: `Too short or too small: at least ${issue.minimum}.` };
    case "too_big":
      return { vi: `Quá dài hoặc quá lớn: nhiều nhất ${issue.maximum}.`, en: `Too long or too large: at most ${issue.maximum}.` };
    case "invalid_value":
      return {
        vi: `Phải là một trong: ${issue.values.map(String).join(", ")}.`,
        en: `Must be one of: ${issue.values.map(String).join(", ")}.`,
      };
    case "invalid_format":
      return { vi: `Sai định dạng (${issue.format}).`, en: `Wrong format (${issue.format}).` };
    default:
      return { vi: "Giá trị không hợp lệ.", en: "The value does not fit." };
  }
}

/** Dates that the pattern lets through and the calendar does not know: `1985-02-31`. */
function calendar(value: unknown, pointer: string): Violation[] {
  if (typeof value === "string" && /^\d{4}-\d\d(-\d\d)?$/.test(value) && !isPartialDate(value)) {
    return [
      { code: "validation-failed", pointer, detail: { vi: "Ngày này không có trong lịch.", en: "There is no such day in the calendar." } },
    ];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => calendar(inner, `${pointer}/${escape(key)}`));
}

/** The JSON Pointer (RFC 6901) of a path: `pointerOf(["a/b", 0]) === "/a~1b/0"`. */
export const pointerOf = (path: readonly PropertyKey[]): string => path.map((part) => `/${escape(String(part))}`).join("");
const escape = (part: string): string => part.replaceAll("~", "~0").replaceAll("/", "~1");

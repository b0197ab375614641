import { Problem } from "../../core/problems.ts";
import type { Bilingual, Violation } from "../../core/problems.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { longestExtension } from "../clocks/deadlines.ts";
import type { Kind } from "../clocks/deadlines.ts";
import { knownPurposes } from "./queries.ts";

type Body = Record<string, unknown>;

const wrong = (member: string, vi: string, en: string, code: Violation["code"] = "validation-failed"): Violation => ({
  code,
  pointer: `/${member}`,
  detail: { vi, en } satisfies Bilingual,
});

/** What the shape of a new request cannot say. */
export async function newChecks(tx: Transaction, value: Body, today: string): Promise<Violation[]> {
  const purposes = (value["purposes"] ?? []) as string[];
  const known = await knownPurposes(tx, purposes);
  const unknown = purposes.flatMap((purpose, i) =>
    known.has(purpose)
      ? []
      : [
          wrong(
            `purposes/${i}`,
            "Không có mục đích này trong danh mục consent-purposes.",
            "The list consent-purposes has no such code.",
            "unknown-code",
          ),
        ],
  );
  const about = value["kind"] === "withdraw" || value["kind"] === "object";
  const idle =
    purposes.length > 0 && !about && value["kind"] !== undefined
      ? [wrong("purposes", "Chỉ yêu cầu withdraw hoặc object mới nêu mục đích.", "Only `withdraw` and `object` name purposes.")]
      : [];
  return [...notLater(value, "received_on", today), ...unknown, ...idle];
}

/** A refusal has its legal ground, and nothing else has one. */
export function stepChecks(value: Body): Violation[] {
  const refused = value["state"] === "refused";
  if (refused && value["refusal_ground"] === undefined)
    return [wrong("refusal_ground", "Từ chối phải nêu căn cứ pháp lý.", "A refusal needs its legal ground.")];
  return ["refusal_ground", "refusal_text"].flatMap((member) =>
    !refused && value[member] !== undefined ? [wrong(member, "Chỉ đi cùng state = refused.", "Goes with `state` = `refused` alone.")] : [],
  );
}

/** One extension, of so many days at most, with its reason, told to the person before the day is over on which it would have been due. */
export function extensionChecks(value: Body, row: Row, today: string): Violation[] {
  const members = ["extension_days", "extension_reason", "extension_notified_on"];
  const sent = members.filter((member) => value[member] !== undefined);
  if (sent.length === 0) return [];
  const missing = members.filter((member) => !sent.includes(member));
  const most = longestExtension(row["kind"] as Kind);
  const told = value["extension_notified_on"] as string | undefined;
  return [
    ...missing.map((member) =>
      wrong(
        member,
        "Gia hạn cần số ngày, lý do và ngày thông báo.",
        "An extension needs its days, its reason and the day it was notified.",
      ),
    ),
    ...(((value["extension_days"] as number | undefined) ?? 0) > most
      ? [wrong("extension_days", `Nhiều nhất ${most} ngày làm việc.`, `At most ${most} working days.`)]
      : []),
    ...notLater(value, "extension_notified_on", today),
    ...(told !== undefined && told > (row["complete_by"] as string)
      ? [
          wrong(
            "extension_notified_on",
            "Đã quá hạn khi thông báo gia hạn.",
            "It was overdue when the extension was notified.",
            "date-order",
          ),
        ]
      : []),
  ];
}

/** @throws Problem `state-conflict`: a request is extended once, while it is open. */
export function requireOneExtension(row: Row): void {
  if (row["extension_days"] === null && row["due_on"] !== null) return;
  const detail =
    row["due_on"] === null
      ? { vi: "Yêu cầu đã kết thúc.", en: "The request has ended." }
      : { vi: "Yêu cầu đã được gia hạn một lần.", en: "The request has been extended once." };
  throw new Problem("state-conflict", { detail });
}

function notLater(value: Body, member: string, today: string): Violation[] {
  const day = value[member];
  return typeof day === "string" && day > today ? [wrong(member, "Ngày này chưa tới.", "This day is yet to come.")] : [];
}

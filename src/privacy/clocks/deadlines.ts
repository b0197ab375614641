import { addWorkingDays } from "./working-days.ts";
import type { Calendar } from "./working-days.ts";

/** What a person may ask for (Law 91/2025/QH15, Art. 4). */
export const KINDS = ["view", "copy", "correct", "restrict", "object", "withdraw", "delete"] as const;
export type Kind = (typeof KINDS)[number];

/** Working days within which any request is acknowledged (NĐ 356/2025/NĐ-CP, Art. 5). */
const ACKNOWLEDGE = 2;

/**
 * Working days within which a request is carried out: alone, with a processor or third party, and the longest extension, of which there is
 * one, notified with its reason (NĐ 356/2025/NĐ-CP, Art. 5).
 */
const CARRY_OUT: Record<Kind, { alone: number; together: number; extension: number }> = {
  view: { alone: 10, together: 15, extension: 10 },
  copy: { alone: 10, together: 15, extension: 10 },
  correct: { alone: 10, together: 15, extension: 10 },
  restrict: { alone: 15, together: 20, extension: 15 },
  object: { alone: 15, together: 20, extension: 15 },
  withdraw: { alone: 15, together: 20, extension: 15 },
  delete: { alone: 20, together: 30, extension: 20 },
};

/** The last days on which a request that was received on a day is acknowledged and carried out. */
export function deadlinesOf(
  kind: Kind,
  receivedOn: string,
  together: boolean,
  calendar: Calendar,
): { acknowledge_by: string; complete_by: string } {
  const days = together ? CARRY_OUT[kind].together : CARRY_OUT[kind].alone;
  return { acknowledge_by: addWorkingDays(receivedOn, ACKNOWLEDGE, calendar), complete_by: addWorkingDays(receivedOn, days, calendar) };
}

/** The most working days by which a request of a kind may be extended. */
export const longestExtension = (kind: Kind): number => CARRY_OUT[kind].extension;

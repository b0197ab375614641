import { Problem } from "../../core/problems.ts";

/** Where a request stands. `lifted`: a restriction that was carried out and taken back. */
export const STATES = ["received", "acknowledged", "approved", "refused", "completed", "cancelled", "lifted"] as const;
export type State = (typeof STATES)[number];

/** Steps that a person in charge writes down; `completed` and `lifted` come by carrying a request out, and by taking a restriction back. */
export const STEPS = ["acknowledged", "approved", "refused", "cancelled"] as const;

const NEXT: Record<State, readonly State[]> = {
  received: ["acknowledged", "refused", "cancelled"],
  acknowledged: ["approved", "refused", "cancelled"],
  approved: ["completed", "refused", "cancelled"],
  refused: [],
  completed: ["lifted"],
  cancelled: [],
  lifted: [],
};

/** Whether something is still to be done. */
export const isOpen = (state: State): boolean => state === "received" || state === "acknowledged" || state === "approved";

/** @throws Problem `state-conflict`, with what may come next */
export function requireStep(from: State, to: State): void {
  if (NEXT[from].includes(to)) return;
  const next = NEXT[from].length === 0 ? { vi: "không bước nào", en: "nothing" } : { vi: NEXT[from].join(", "), en: NEXT[from].join(", ") };
  const detail = {
    vi: `Yêu cầu đang ở trạng thái ${from}, không thể thành ${to}; tiếp theo có thể là: ${next.vi}.`,
    en: `The request is ${from} and cannot become ${to}; what may come next: ${next.en}.`,
  };
  throw new Problem("state-conflict", { detail, members: { state: from } });
}

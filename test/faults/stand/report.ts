import type { Control, Fault, Found } from "./fault.ts";

/** A line of the table of promises; `kept` when nothing was breached and every control was caught. */
export type Row = { id: string; line: string; kept: boolean };

const BEGIN = "<!-- faults -->";
const END = "<!-- /faults -->";

/** The line of one fault that was run in full. */
export function rowOf(fault: Fault, found: Found, caught: readonly { control: Control; found: Found }[], tookMs: number): Row {
  const kept = found.breaches.length === 0 && caught.every((one) => one.found.breaches.length > 0);
  const controls = caught.map(({ control, found: { breaches } }) => `${control.defect}: ${breaches.join("; ") || "**not caught**"}`);
  const result = found.breaches.length === 0 ? found.figure : `**broken** (${found.breaches.join("; ")}): ${found.figure}`;
  const cells = [fault.id, fault.promise, fault.figure, result, controls.join("<br>"), `${Math.round(tookMs / 1000)} s`];
  return { id: fault.id, kept, line: `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |` };
}

/** The page with this row in its table, in the place of the former one of the same promise. */
export function withRows(page: string, row: Row): string {
  const [before = "", rest = ""] = page.split(BEGIN);
  const [table = "", after = ""] = rest.split(END);
  const lines = table.trim().split("\n");
  const number = (line: string) => Number(/^\| R(\d+)/.exec(line)?.[1] ?? 0);
  const rows = [...lines.slice(2).filter((line) => !line.startsWith(`| ${row.id} |`)), row.line].toSorted((a, b) => number(a) - number(b));
  return `${before}${BEGIN}\n${[...lines.slice(0, 2), ...rows].join("\n")}\n${END}${after}`;
}

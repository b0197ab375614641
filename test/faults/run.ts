import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "./all.ts";
import type { Fault, Found } from "./stand/fault.ts";
import { openPlace } from "./stand/place.ts";
import { rowOf, withRows } from "./stand/report.ts";
import type { Row } from "./stand/report.ts";

// `npm run test:faults [--minutes=N] [R1 R4 ...]`: the long form of every fault, or of those named, each at most N minutes (6) and its
// controls; prints the table and writes it into the page. What was cut short counts what it has done.
const PAGE = join(import.meta.dirname, "../../docs/reliability.md");
const MINUTES = 6;
const given = process.argv.slice(2);
const wanted = given.filter((one) => !one.startsWith("--"));
const minutes = Number(given.find((one) => one.startsWith("--minutes="))?.slice(10) ?? MINUTES);
const unknown = wanted.filter((id) => !FAULTS.some((fault) => fault.id === id));
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(", ")}. There are: ${FAULTS.map(({ id }) => id).join(" ")}`);

const say = (line: string) => process.stdout.write(`${line}\n`);
let kept = true;
for (const fault of FAULTS.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  const row = await judged(fault);
  kept &&= row.kept;
  say(row.line);
  writeFileSync(PAGE, withRows(readFileSync(PAGE, "utf8"), row));
}
process.exit(kept ? 0 : 1);

/** A run that could not be brought to its end has kept nothing. */
function broken(error: Error): Found {
  return { figure: "not brought to its end", breaches: [error.message] };
}

async function judged(fault: Fault): Promise<Row> {
  const started = performance.now();
  const place = await openPlace();
  try {
    const began = performance.now();
    const over = () => performance.now() - began > minutes * 60_000;
    const found = await fault.run(place, "long", over).catch(broken);
    if (over()) found.figure += ` (ended after ${minutes} minutes)`;
    say(`${fault.id} ${fault.promise}: ${found.figure}${found.breaches.map((breach) => `\n  BROKEN: ${breach}`).join("")}`);
    const caught = [];
    for (const control of fault.controls) {
      const spoilt = await control.run(place).catch(broken);
      say(`  control, ${control.defect}: ${spoilt.breaches.length > 0 ? "caught" : "NOT CAUGHT"}: ${spoilt.figure}`);
      caught.push({ control, found: spoilt });
    }
    return rowOf(fault, found, caught, performance.now() - started);
  } finally {
    await place.close();
  }
}

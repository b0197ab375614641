import { parentPort } from "node:worker_threads";
import { Problem } from "../../../core/problems.ts";
import { buildReference } from "../../cells/reference.ts";
import type { Reference } from "../../cells/reference.ts";
import { analyse } from "./reader.ts";
import type { ReadingTask, WorkerMessage } from "./reader.ts";

// The thread in which files are analysed, one after the other: it may die of a bomb without taking the service along.
const port = parentPort;
if (port) {
  const send = (message: WorkerMessage): void => port.postMessage(message);
  const heard = <T>(): Promise<T> => new Promise((resolve) => port.once("message", resolve));
  let reference: Reference | undefined;
  for (;;) {
    const task = await heard<ReadingTask>();
    if (task.reference) reference = buildReference(task.reference);
    // One batch ahead: the next is made while the parent stores the one before, and sent only when that is stored.
    let before: Promise<unknown> = Promise.resolve();
    try {
      const analysis = await analyse(task, reference!, {
        progress: (progress) => send({ type: "progress", progress }),
        rows: async (rows) => {
          await before;
          before = heard<"next">();
          send({ type: "rows", rows });
        },
      });
      await before;
      send({ type: "end", analysis });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      send({ type: "problem", code: error.code, ...(error.detail ? { detail: error.detail } : {}), members: error.members });
    }
  }
}

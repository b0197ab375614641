import { parentPort, workerData } from "node:worker_threads";
import { Problem } from "../../../core/problems.ts";
import type { AnalysisRequest, WorkerMessage } from "../reader.ts";
import { analyseHere } from "../reader.ts";

// The thread in which one file is analysed: it may die of a bomb without taking the service along.
const port = parentPort;
if (port) {
  const { bytes, fileName, request } = workerData as { bytes: Uint8Array; fileName: string; request: AnalysisRequest };
  const send = (message: WorkerMessage): void => port.postMessage(message);
  // One batch ahead: the next is made while the parent stores the one before, and sent only when that is stored.
  const stored = (): Promise<void> => new Promise((resolve) => port.once("message", () => resolve()));
  let before: Promise<void> = Promise.resolve();
  try {
    const analysis = await analyseHere(bytes, fileName, request, {
      progress: (progress) => send({ type: "progress", progress }),
      rows: async (rows) => {
        await before;
        before = stored();
        send({ type: "rows", rows });
      },
    });
    await before;
    send({ type: "end", analysis });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    send({ type: "problem", code: error.code, ...(error.detail ? { detail: error.detail } : {}), members: error.members });
  }
  port.close();
}

import { Worker } from "node:worker_threads";
import type { Bilingual } from "../../../core/problems.ts";
import { Problem } from "../../../core/problems.ts";
import type { ReferenceRows } from "../../cells/reference.ts";
import type { Analysis, AnalysisRequest, AnalysisSink, ReadingTask, WorkerMessage } from "./reader.ts";

/** Reads, maps and checks a file while the caller's thread keeps answering. @throws Problem as `analyse`, `file-too-large` also for memory and time */
export type Reading = (bytes: Uint8Array, fileName: string, request: AnalysisRequest, sink: AnalysisSink) => Promise<Analysis>;

type Thread = { worker: Worker; reference: ReferenceRows | undefined };

const LIMITS = { memoryMb: 512, timeMs: 120_000, idleMs: 10_000 };
/** A thread that has read more, in bytes, holds memory that nobody needs any more. */
const KEPT_AFTER = 4 * 2 ** 20;

/**
 * Threads that read files, each one file at a time, within so much memory (MiB) and time.
 * One of them waits for the next file for `idleMs`: to load the code again costs more than to read most files. One that failed, for whatever
 * reason, or has read a large file, ends.
 */
export function readingThreads(wanted: Partial<typeof LIMITS> = {}): Reading {
  const { memoryMb, timeMs, idleMs } = { ...LIMITS, ...wanted };
  let idle: { thread: Thread; timer: NodeJS.Timeout } | undefined;

  const take = (): Thread => {
    if (!idle) {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
      });
      return { worker, reference: undefined };
    }
    const { thread, timer } = idle;
    idle = undefined;
    clearTimeout(timer);
    unhear(thread.worker);
    return thread;
  };

  const keep = (thread: Thread): void => {
    const end = (): void => {
      if (idle?.thread === thread) idle = undefined;
      void thread.worker.terminate();
    };
    // Neither the thread nor its time holds up the end of the process.
    const timer = setTimeout(end, idleMs).unref();
    thread.worker.unref();
    thread.worker.on("error", end).on("exit", end);
    idle = { thread, timer };
  };

  return async (bytes, fileName, { reference, ...request }, sink) => {
    const thread = take();
    let analysis: Analysis | undefined;
    try {
      const task: ReadingTask = { bytes, fileName, request, ...(thread.reference === reference ? {} : { reference }) };
      thread.reference = reference;
      analysis = await read(thread.worker, task, sink, timeMs);
      return analysis;
    } finally {
      unhear(thread.worker);
      if (analysis && bytes.length <= KEPT_AFTER && !idle) keep(thread);
      else await thread.worker.terminate();
    }
  };
}

/** Without the names Node's own would go too, by which it knows that somebody waits for a message. */
const unhear = (worker: Worker): void => ["message", "error", "exit"].forEach((event) => worker.removeAllListeners(event));

async function read(worker: Worker, task: ReadingTask, sink: AnalysisSink, timeMs: number): Promise<Analysis> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Analysis>((resolve, reject) => {
      const exhausted = (): void => reject(new Problem("file-too-large", { detail: EXHAUSTED }));
      timer = setTimeout(exhausted, timeMs);
      worker.on("message", (message: WorkerMessage) => {
        if (message.type === "progress") sink.progress?.(message.progress);
        else if (message.type === "end") resolve(message.analysis);
        else if (message.type === "problem") {
          const { code, detail, members } = message;
          reject(new Problem(code, { members, ...(detail ? { detail } : {}) }));
        } else Promise.resolve(sink.rows(message.rows)).then(() => worker.postMessage("next", []), reject);
      });
      worker.on("error", (error: NodeJS.ErrnoException) => (error.code === "ERR_WORKER_OUT_OF_MEMORY" ? exhausted() : reject(error)));
      worker.on("exit", () => reject(new Error("the thread ended before its analysis")));
      worker.ref();
      worker.postMessage(task, []);
    });
  } finally {
    clearTimeout(timer);
  }
}

const EXHAUSTED: Bilingual = {
  vi: "Đọc tệp này vượt quá bộ nhớ hoặc thời gian cho phép.",
  en: "Reading this file takes more memory or time than is allowed.",
};

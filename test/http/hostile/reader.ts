import { parentPort, workerData } from "node:worker_threads";
import { ordinary } from "./storm.ts";

// Ordinary reading from a thread of its own: who throws at the service would otherwise keep its own reader waiting, and call that the service.
const { port, token } = workerData as { port: number; token: string };
const state = { over: false };
parentPort!.once("message", () => (state.over = true));
parentPort!.postMessage(await ordinary(port, token, () => state.over), []);

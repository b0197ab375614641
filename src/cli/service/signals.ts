import closeWithGrace from "close-with-grace";

/**
 * Closes what runs on SIGTERM and SIGINT: what is under way finishes, an embedded Postgres shuts down, exit code 0.
 * Under npm the signal ends the shell between npm and this process, and does not come through: there the loss of the parent is the signal.
 */
export function closeOnSignals(running: { close(): Promise<void> }, underNpm: boolean): void {
  closeWithGrace({ delay: 9_500 }, () => running.close());
  if (!underNpm) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}

const WIDTH = 30;

/** A function that shows progress: a bar on a terminal, a line at each tenth elsewhere. */
export function progressOn(out: NodeJS.WritableStream & { isTTY?: boolean }): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const share = total === 0 ? 1 : done / total;
    if (out.isTTY) {
      const full = Math.round(share * WIDTH);
      out.write(
        `\r[${"#".repeat(full)}${".".repeat(WIDTH - full)}] ${Math.floor(share * 100)}%  ${done}/${total}${done >= total ? "\n" : ""}`,
      );
    } else if (Math.floor(share * 10) > told) {
      told = Math.floor(share * 10);
      out.write(`${told * 10}%  ${done}/${total}\n`);
    }
  };
}

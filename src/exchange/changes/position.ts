/** A place in the feed: everything up to it has been told. */
export type Position = { epoch: number; n: number };

/** A position as clients keep it: `1795459200.4711`. */
export const writePosition = ({ epoch, n }: Position): string => `${epoch}.${n}`;

/** The position that a text says; undefined for anything that was never given out as one. */
export function readPosition(text: string): Position | undefined {
  const [, epoch, n] = /^([1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/.exec(text) ?? [];
  return epoch === undefined || n === undefined ? undefined : { epoch: Number(epoch), n: Number(n) };
}

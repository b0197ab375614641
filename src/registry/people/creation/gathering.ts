/** What is asked for, and how it is done where it is asked for alone. */
export type Member<One, Done> = { one: One; alone: () => Promise<Done> };

/** Does what is asked for under a key, together with what else is asked for under it or alone. */
export type Gathering<One, Done> = (key: string, member: Member<One, Done>) => Promise<Done>;

/** Does several at once, and says of each what came of it, or undefined where it is to be done alone. */
export type Together<One, Done> = (members: readonly One[]) => Promise<readonly (Done | undefined)[] | undefined>;

/** How many are done at once at most, how many such groups of one key are under way, and how long a turn is waited for. */
export type Bounds = { most: number; underWay: number; patienceMs: number };

type Waiting<One, Done> = Member<One, Done> & {
  resolve(done: Done | Promise<Done>): void;
  reject(error: unknown): void;
  late: NodeJS.Timeout;
};
/** `members`: how many there are in the groups under way; `due`: whether one is about to begin. */
type Lane<One, Done> = { waiting: Set<Waiting<One, Done>>; underWay: number; members: number; due: boolean };

/**
 * Gathers what is asked for under one key while what was asked for before is under way; who comes when nothing is waits for nobody, and
 * whoever has waited too long for a turn is refused in the words of a pool.
 */
export function gathering<One, Done>(together: Together<One, Done>, { most, underWay, patienceMs }: Bounds): Gathering<One, Done> {
  const lanes = new Map<string, Lane<One, Done>>();

  const begin = (key: string, lane: Lane<One, Done>): void => {
    if (lane.waiting.size === 0 && lane.underWay === 0 && !lane.due) lanes.delete(key);
    if (lane.due || !mayBegin(lane)) return;
    lane.due = true;
    close(key, lane, 0);
  };
  // Few beside many wait for those: each would cost as much as three that go together.
  const mayBegin = ({ waiting, underWay: now, members }: Lane<One, Done>): boolean =>
    waiting.size > 0 && now < underWay && 2 * waiting.size >= members;
  // As long as each turn of the loop brings more, they are still coming: who was told together comes again together.
  const close = (key: string, lane: Lane<One, Done>, before: number): void =>
    void setImmediate(() => {
      const { size } = lane.waiting;
      if (size > before && size < most) return close(key, lane, size);
      lane.due = false;
      // Many are shared by the turns that are free.
      const group = [...lane.waiting].slice(0, Math.min(most, Math.max(Math.ceil(most / 2), Math.ceil(size / (underWay - lane.underWay)))));
      for (const one of group) {
        lane.waiting.delete(one);
        clearTimeout(one.late);
      }
      if (group.length > 0) void run(key, lane, group);
      begin(key, lane);
    });
  const run = async (key: string, lane: Lane<One, Done>, group: readonly Waiting<One, Done>[]): Promise<void> => {
    lane.underWay++;
    lane.members += group.length;
    try {
      await (group.length === 1 ? settleAlone(group[0]!) : settleAll(together, group));
    } finally {
      lane.underWay--;
      lane.members -= group.length;
      begin(key, lane);
    }
  };
  return (key, member) =>
    new Promise((resolve, reject) => {
      const lane = lanes.get(key) ?? { waiting: new Set(), underWay: 0, members: 0, due: false };
      lanes.set(key, lane);
      const late = setTimeout(() => {
        lane.waiting.delete(waiting);
        reject(new Error("timeout exceeded when trying to connect"));
      }, patienceMs);
      const waiting = { ...member, resolve, reject, late };
      lane.waiting.add(waiting);
      begin(key, lane);
    });
}

/** How it went is for who asked. */
async function settleAlone<One, Done>({ alone, resolve }: Waiting<One, Done>): Promise<void> {
  const done = alone();
  resolve(done);
  await Promise.allSettled([done]);
}

async function settleAll<One, Done>(together: Together<One, Done>, group: readonly Waiting<One, Done>[]): Promise<void> {
  try {
    const done = await together(group.map(({ one }) => one));
    group.forEach(({ alone, resolve }, n) => resolve(done?.[n] ?? alone()));
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** Several workers without threads: who may have them, and what the leader makes of orders, answers, deaths and checkpoints. */
import { describe, expect, it } from 'vitest';
import type { Port, Thread } from '#core/workers.ts';
import { DivergenceError } from '#core/divergence.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { followLeader, type FollowerRun } from '#train/parallel/follower.ts';
import { Leader, leaderOf } from '#train/parallel/leader.ts';
import { LAST, PLAYED, ROUNDS, type Answer, type Order } from '#train/parallel/messages.ts';
import { Recorder } from '#train/record/recorder.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const REFUSED =
  'agent.workers: expected 1 on a page that is not cross-origin isolated, where threads cannot share memory, got';

const a3c = (workers: number): RunSetup =>
  resolveRun({ world: 'cart-pole', agent: 'a3c', config: { workers, steps: 5 } });
const { request } = a3c(3);

/** A thread that does nothing: it keeps its orders, and says and dies of what the test wants. */
interface FakeThread extends Thread {
  readonly orders: Order[];
  isTerminated: boolean;
  say(answer: Answer): void;
  die(reason: string): void;
}

function fakeThread(): FakeThread {
  const thread: FakeThread = {
    orders: [],
    isTerminated: false,
    post: (message) => void thread.orders.push(message as Order),
    listen: (onMessage) => (thread.say = onMessage),
    watch: (onDeath) => (thread.die = onDeath),
    terminate: () => (thread.isTerminated = true),
    say: () => {},
    die: () => {},
  };
  return thread;
}

/** A leader of two followers, and their threads as far as they have been started. */
function lead() {
  const threads: FakeThread[] = [];
  const start = (): FakeThread => threads[threads.push(fakeThread()) - 1];
  const looks = new Set<(late: boolean) => void>();
  const everySecond = (look: (late: boolean) => void) => {
    looks.add(look);
    return () => void looks.delete(look);
  };
  /** Lets seconds go by. */
  const wait = (seconds: number, late = false): void => {
    for (let k = 0; k < seconds; k++) for (const look of looks) look(late);
  };
  return { leader: new Leader({ backend: 'simd', start, everySecond }, 3), threads, wait };
}

const kinds = ({ orders }: FakeThread): readonly string[] => orders.map(({ kind }) => kind);

/** The followers have joined and play. */
async function playing(): Promise<{ leader: Leader; threads: FakeThread[] }> {
  const { leader, threads } = lead();
  const begun = leader.begin(request);
  for (const thread of threads) thread.say({ kind: 'joined' });
  await begun;
  return { leader, threads };
}

interface Following {
  readonly answers: readonly Answer[];
  readonly order: (order: Order) => void;
  readonly rounds: () => number;
}

/** A follower of a run that only counts its rounds, and what it has answered. */
function follow(fault?: Error): Following {
  const answers: Answer[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  let rounds = 0;
  const run: FollowerRun = {
    recorder: new Recorder(),
    advance(enough) {
      if (fault) throw fault;
      do rounds++;
      while (!enough());
    },
    tune: () => {},
    snapshot: () => Promise.resolve({ rounds }),
    restore: (saved) => Promise.resolve(void (rounds = Number(saved['rounds']))),
  };
  const port: Port = {
    post: (message) => void answers.push(message as Answer),
    listen: (onMessage) => void listeners.push(onMessage),
  };
  followLeader(port, () => Promise.resolve(run));
  return { order: (order) => listeners[0](order), answers, rounds: () => rounds };
}

describe('where threads cannot share memory', () => {
  it('one worker needs none, and several are refused by name', () => {
    expect(leaderOf(1, undefined)).toBeUndefined();
    expect(() => leaderOf(2, undefined)).toThrow(`${REFUSED} 2`);
  });

  it('A3C learns with one worker and is refused with more', async () => {
    using simd = await createCompute('simd', { threads: 1 });
    const { threads: _, ...alone } = simd;
    await expect(ReinforcementRun.create(a3c(4), alone)).rejects.toThrow(`${REFUSED} 4`);
    const trainer = await ReinforcementRun.create(a3c(1), alone);
    await trainer.advance(() => trainer.progress >= 200);
    expect(trainer.recorder.metricRows).toBeGreaterThan(0);
    trainer.dispose();
  });
});

describe('a leader', () => {
  it('starts its followers with the first slice and waits for all of them', async () => {
    const { leader, threads } = lead();
    expect(await leader.snapshot()).toEqual([]);
    expect(threads).toHaveLength(0);
    const memory = leader.context.memory(8);
    const begun = leader.begin(request);
    expect(threads.map((thread) => thread.orders)).toMatchObject([
      [{ kind: 'join', index: 1, size: 3, backend: 'simd', saved: undefined }],
      [{ kind: 'join', index: 2, size: 3, backend: 'simd', saved: undefined }],
    ]);
    const [[join]] = threads.map(({ orders }) => orders);
    if (join.kind !== 'join') throw new Error('expected an order to join');
    expect(join.memory).toBe(memory);
    threads[1].say({ kind: 'joined' });
    await Promise.resolve();
    expect(threads.map(kinds)).toEqual([['join'], ['join']]);
    threads[0].say({ kind: 'joined' });
    await begun;
    expect(threads.map(kinds)).toEqual([
      ['join', 'play'],
      ['join', 'play'],
    ]);

    const slice = new Int32Array(join.slice);
    leader.grant(7);
    expect([slice[ROUNDS], slice[LAST]]).toEqual([7, 0]);
    const rested = leader.rest();
    expect([slice[ROUNDS], slice[LAST]]).toEqual([7, 1]);
    const episodes = [new Recorder(), new Recorder()].map((recorder) => recorder.drain());
    threads[1].say({ kind: 'rested', episodes: episodes[1] });
    threads[0].say({ kind: 'rested', episodes: episodes[0] });
    const [first, second] = await rested;
    expect(first).toBe(episodes[0]);
    expect(second).toBe(episodes[1]);

    await leader.begin(request);
    expect([...slice]).toEqual([0, 0, 0, 0, 0]);
    expect(threads.map(kinds)).toEqual([
      ['join', 'play', 'play'],
      ['join', 'play', 'play'],
    ]);
  });

  it('ends all when one dies, names it, and hears no more of them', async () => {
    const { leader, threads } = await playing();
    const rested = leader.rest();
    threads[1].die('struck by lightning');
    threads[0].die('terminated');
    const expected = 'worker 3 of 3 stopped: struck by lightning. Resume from the last checkpoint.';
    await expect(rested).rejects.toThrow(expected);
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
    await expect(leader.begin(request)).rejects.toThrow(expected);
    await expect(leader.rest()).rejects.toThrow(expected);
    await expect(leader.snapshot()).rejects.toThrow(expected);
    expect(threads).toHaveLength(2);
  });

  it('fails by what a follower says went wrong', async () => {
    const { leader, threads } = await playing();
    threads[0].say({ kind: 'failed', message: 'no such world' });
    await expect(leader.rest()).rejects.toThrow('worker 2 of 3 stopped: no such world.');
  });

  it('passes on that a follower has diverged, for the run to say what helps', async () => {
    const { leader, threads } = await playing();
    threads[1].say({ kind: 'failed', message: 'diverged', divergence: { what: 'train/loss', value: NaN } });
    await expect(leader.rest()).rejects.toThrow(new DivergenceError({ what: 'train/loss', value: NaN }));
  });

  it.each(['followers', 'crew'])('continues the %s of a checkpoint in new threads', async (key) => {
    const { leader, threads } = await playing();
    const saved: readonly Snapshot[] = [{ steps: 1 }, { steps: 2 }];
    leader.restore({ [key]: saved });
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
    const copy = await leader.snapshot();
    expect(copy).toEqual(saved);
    expect(copy[0]).not.toBe(saved[0]);
    void leader.begin(request);
    expect(threads.slice(2).map(({ orders }) => orders[0])).toMatchObject([
      { kind: 'join', index: 1, saved: { steps: 1 } },
      { kind: 'join', index: 2, saved: { steps: 2 } },
    ]);
  });

  it('refuses the checkpoint of another number of workers, and begins anew with that of a run that had not begun', async () => {
    const { leader } = await playing();
    expect(() => leader.restore({ followers: [{ steps: 1 }] })).toThrow('followers');
    leader.restore({ followers: [] });
    expect(await leader.snapshot()).toEqual([]);
  });
});

describe('a follower that never answers', () => {
  it('ends the wait with an error that names it, whatever it was asked for', async () => {
    const { leader, threads, wait } = lead();
    const begun = leader.begin(request);
    threads[0].say({ kind: 'joined' });
    wait(121);
    await expect(begun).rejects.toThrow('worker 3 of 3 stopped: it does not answer');
    expect(threads.every(({ isTerminated }) => isTerminated)).toBe(true);
    await expect(leader.snapshot()).rejects.toThrow('worker 3 of 3');
  });

  it('is waited for as long as it plays, and by a machine that was asleep', async () => {
    const { leader, threads, wait } = lead();
    const begun = leader.begin(request);
    for (const thread of threads) thread.say({ kind: 'joined' });
    await begun;
    const [order] = threads[0].orders;
    const slice = order.kind === 'join' ? new Int32Array(order.slice) : new Int32Array(0);
    const rested = leader.rest();
    threads[0].say({ kind: 'rested', episodes: new Recorder().drain() });
    for (let round = 1; round < 10; round++) {
      slice[PLAYED + 2] = round;
      wait(100);
    }
    wait(500, true);
    threads[1].say({ kind: 'rested', episodes: new Recorder().drain() });
    expect(await rested).toHaveLength(2);
  });
});

describe('a follower', () => {
  it('says which number is not finite', async () => {
    const divergence = { what: 'train/loss', value: Infinity };
    const { order, answers } = follow(new DivergenceError(divergence));
    const [slice, memory] = [new SharedArrayBuffer(16), new SharedArrayBuffer(0)];
    order({ kind: 'join', index: 1, size: 2, request, backend: 'simd', slice, memory, saved: undefined });
    await expect.poll(() => answers.length).toBe(1);
    new Int32Array(slice).set([1, 1]);
    order({ kind: 'play' });
    await expect.poll(() => answers[1]).toMatchObject({ kind: 'failed', divergence });
  });

  it('plays as many rounds as the leader, from where its snapshot was, and answers every order', async () => {
    const { order, answers, rounds } = follow();
    const [slice, memory] = [new SharedArrayBuffer(16), new SharedArrayBuffer(0)];
    const saved = { rounds: 100 };
    order({ kind: 'join', index: 1, size: 2, request, backend: 'simd', slice, memory, saved });
    await expect.poll(() => answers.map(({ kind }) => kind)).toEqual(['joined']);
    new Int32Array(slice).set([12, 1]);
    order({ kind: 'play' });
    await expect.poll(() => answers.map(({ kind }) => kind)).toEqual(['joined', 'rested']);
    expect(rounds()).toBe(112);
    order({ kind: 'snapshot' });
    await expect.poll(() => answers.at(-1)).toEqual({ kind: 'saved', saved: { rounds: 112 } });
  });

  it('says what went wrong', async () => {
    const { order, answers } = follow();
    order({ kind: 'play' });
    const message = 'play: expected an order to join first';
    await expect.poll(() => answers).toEqual([{ kind: 'failed', message }]);
  });
});

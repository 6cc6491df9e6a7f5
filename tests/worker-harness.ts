/** The worker's own code behind its own client, in the thread of a test over a MessageChannel, and what it says. */
import { expose } from 'comlink';
import { expect, onTestFinished, vi } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { RunClient, type WorkerLike } from '#worker/client.ts';
import type { BatchEvent, FrameEvent, RunInfo, Setup, TrainerApi, TrainerEvent } from '#worker/protocol.ts';
import { Session } from '#worker/session.ts';

export const SETUP: Setup = {
  request: { world: 'frozen-lake', agent: 'q-learning', seed: 3 },
  backend: 'cpu',
  speed: 'turbo',
};

const allowed = (): boolean => true;

/** A session at the end of a port that can die like a worker. `isolated`: whether its thread can start others. */
export function spawn({ isolated = allowed }: { readonly isolated?: () => boolean } = {}): WorkerLike & {
  session: Session;
  die(message: string): void;
} {
  const { port1, port2 } = new MessageChannel();
  const session = new Session({
    createCompute: async (choice) => {
      const compute = await createCompute(choice);
      if (!isolated()) delete (compute as { threads?: unknown }).threads;
      return compute;
    },
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  expose(session, port2);
  const terminate = (): void => {
    void session.dispose();
    port1.close();
  };
  const die = (message: string): void => {
    void session.dispose();
    port1.dispatchEvent(Object.assign(new Event('error'), { message }));
  };
  return Object.assign(port1, { session, terminate, die });
}

export interface Harness extends Disposable {
  readonly client: RunClient<TrainerApi, Setup, RunInfo>;
  readonly worker: ReturnType<typeof spawn>;
  readonly events: TrainerEvent[];
  readonly deaths: string[];
  readonly silences: boolean[];
  create(setup?: Setup): Promise<RunInfo>;
  batches(): BatchEvent[];
  frames(): FrameEvent[];
}

/** A client and its worker, ended after the test that asks for them. */
export function harness(
  options: { giveBack?: boolean; heartbeat?: number; patience?: number; checkpoint?: number } = {},
): Harness {
  const { giveBack = true, heartbeat = 20, patience = 5000, checkpoint = 60_000 } = options;
  const [events, deaths, silences]: [TrainerEvent[], string[], boolean[]] = [[], [], []];
  const workers: ReturnType<typeof spawn>[] = [];
  const client = new RunClient<TrainerApi, Setup, RunInfo>(
    () => workers[workers.push(spawn()) - 1],
    {
      onEvent: (event) => {
        events.push(event.kind === 'frame' ? { ...event, buffer: event.buffer.slice() } : event);
        if (event.kind === 'frame' && giveBack) client.giveBack(event.buffer);
      },
      onDeath: (message) => deaths.push(message),
      onSilence: (silent) => silences.push(silent),
    },
    { heartbeat, patience, checkpoint },
  );
  const made: Harness = {
    client,
    events,
    deaths,
    silences,
    get worker() {
      return workers.at(-1) as ReturnType<typeof spawn>;
    },
    create: async (setup = SETUP) => {
      const outcome = await client.create(setup);
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
      return outcome.value;
    },
    batches: () => events.filter((event) => event.kind === 'batch'),
    frames: () => events.filter((event) => event.kind === 'frame'),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
  onTestFinished(() => made[Symbol.dispose]());
  return made;
}

/** Waits until a check gives something, and gives it. */
export const until = <T>(check: () => T | undefined | false): Promise<T> =>
  vi.waitFor(
    () => {
      const value = check();
      expect(value).toBeTruthy();
      return value as T;
    },
    { timeout: 30_000, interval: 5 },
  );

/**
 * A further worker of a crew, in a thread of its own: a trainer with its own world and agent that plays when the leader says
 * so. It gets everything by message, apart from the memory that the threads may share.
 */
import type { WorkerContext, Port } from '#core/workers.ts';
import type { Compute } from '#compile/step.ts';
import { LAST, ROUNDS, type FromFollower, type Grant, type SharedState, type ToFollower } from './leader.ts';
import { resolveRun } from '../request/resolve.ts';
import { ReinforcementRun } from '../runs/reinforcement.ts';

/** Milliseconds for which a peer that has played all it may gives its core to the others. */
const NAP = 0.1;

/** Obeys the leader at the other end of the port for the rest of this thread's life. */
export function followLeader(port: Port, createCompute: (backend: string) => Promise<Compute>): void {
  const peer = new Peer(port, createCompute);
  port.listen((message) => void peer.take(message as ToFollower));
}

class Peer {
  private readonly port: Port;
  private readonly createCompute: (backend: string) => Promise<Compute>;
  private trainer: ReinforcementRun | undefined;
  private words: Int32Array | undefined;
  private granted: Grant = { rounds: 0, last: false };
  private playing = false;
  private wake: (() => void) | undefined;
  private answered: ((answer: ArrayBuffer) => void) | undefined;

  constructor(port: Port, createCompute: (backend: string) => Promise<Compute>) {
    this.port = port;
    this.createCompute = createCompute;
  }

  async take(message: ToFollower): Promise<void> {
    try {
      switch (message.kind) {
        case 'join':
          await this.join(message);
          break;
        case 'play':
          this.granted = message;
          this.wake?.();
          if (!this.playing) await this.play();
          break;
        case 'tune':
          this.trainer?.tune(message.change);
          break;
        case 'snapshot':
          if (this.trainer) this.post({ kind: 'saved', saved: await this.trainer.snapshot() });
          break;
        case 'answer':
          this.answered?.(message.buffer);
          break;
      }
    } catch (error) {
      this.post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async join(order: ToFollower & { kind: 'join' }): Promise<void> {
    const { index, size, request, backend, shared, saved } = order;
    const compute = await this.createCompute(backend);
    this.words = shared && new Int32Array(shared.words);
    const member = this.member(index, size, shared);
    this.trainer = await ReinforcementRun.create(resolveRun(request), compute, { member });
    if (saved) await this.trainer.restore(saved);
    this.post({ kind: 'ready' });
  }

  private member(index: number, size: number, shared: SharedState | undefined): WorkerContext {
    return {
      index,
      size,
      memory: () => shared?.memory,
      ask: (buffer) =>
        new Promise((resolve) => {
          this.answered = resolve;
          this.post({ kind: 'ask', buffer }, [buffer]);
        }),
      answerWith: () => {},
    };
  }

  /** One slice: as many rounds as the leader, close behind it. */
  private async play(): Promise<void> {
    const { trainer, words } = this;
    if (!trainer) throw new Error('play: expected to have joined a crew');
    this.playing = true;
    for (let played = 0; ;) {
      const { rounds, last } = words ? readGrant(words) : this.granted;
      if (played < rounds) {
        const pending = trainer.advance(() => ++played >= rounds);
        if (pending) await pending;
        if (!words) this.post({ kind: 'played', rounds });
      } else if (last) break;
      else if (words) Atomics.wait(words, ROUNDS, rounds, NAP);
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
    this.playing = false;
    this.post({ kind: 'rested', episodes: trainer.recorder.drain() });
  }

  private post(message: FromFollower, transfer: readonly ArrayBuffer[] = []): void {
    this.port.post(message, transfer);
  }
}

/** `last` is read first: rounds that were granted before it was set are seen with it. */
function readGrant(words: Int32Array): Grant {
  const last = Atomics.load(words, LAST) === 1;
  return { rounds: Atomics.load(words, ROUNDS), last };
}

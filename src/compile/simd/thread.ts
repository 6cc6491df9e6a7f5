/**
 * A thread of the pool: waits for runs on words of shared memory, takes its part of the step, and returns to its event loop
 * only when a message is waiting. `src/host` starts it in a worker of its own.
 */
import { messageOf } from '#core/errors.ts';
import { failStep } from './emit/sharing.ts';
import { instantiateKernels, type KernelBuild } from './kernel-module.ts';

/** Messages from the pool to a thread; `join` is the first. */
export type ToThread =
  | { readonly kind: 'join'; readonly control: Int32Array; readonly index: number }
  | ({ readonly kind: 'load'; readonly id: number } & ThreadedStep)
  | { readonly kind: 'unload'; readonly id: number };

/** Messages from a thread to the pool. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly id: number }
  | { readonly kind: 'failed'; readonly message: string };

/** A compiled step whose module exports `serve`. */
export interface ThreadedStep {
  readonly build: KernelBuild;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** The worker's end of its message channel, the same in Node and in browsers. */
export interface ThreadPort {
  send(message: FromThread): void;
  listen(onMessage: (message: ToThread) => void): void;
}

/**
 * Words of a thread in `control`, a cache line for each thread: it sleeps on `wake`, and the others say why it was woken. `runs`
 * and `messages` count all there have been.
 */
export const Word = { wake: 0, step: 1, runs: 2, messages: 3, size: 16 } as const;

/** Spins before a thread goes to sleep, less than a millisecond together: waking it can take longer than a step. */
const SPINS = 1_500_000;

/** Serves until the worker is terminated. */
export function serveThread(port: ThreadPort): void {
  const steps = new Map<number, () => void>();
  let runs: RunLoop | undefined;
  let messages = 0;
  port.listen((message) => {
    try {
      messages++;
      switch (message.kind) {
        case 'join':
          runs = new RunLoop(message.control, message.index);
          break;
        case 'load':
          steps.set(message.id, load(message));
          port.send({ kind: 'loaded', id: message.id });
          break;
        case 'unload':
          steps.delete(message.id);
          break;
      }
      runs?.serve(steps, messages);
    } catch (error) {
      port.send({ kind: 'failed', message: messageOf(error) });
    }
  });
}

/** Instantiates a step on this thread. A run that throws tells the other threads first. */
function load({ build, module, memory }: ThreadedStep): () => void {
  const kernels = instantiateKernels(build, memory) as unknown as WebAssembly.ModuleImports;
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, kernels });
  const serve = exports['serve'] as () => void;
  return () => {
    try {
      serve();
    } catch (error) {
      failStep(memory);
      throw error;
    }
  };
}

/** Takes part in runs between two messages. */
class RunLoop {
  private readonly control: Int32Array;
  private readonly words: number;
  private runs = 0;

  constructor(control: Int32Array, index: number) {
    this.control = control;
    this.words = index * Word.size;
  }

  /** Helps with runs until a message is waiting, i.e. more were sent than the `received` ones. Skips runs that are over. */
  serve(steps: ReadonlyMap<number, () => void>, received: number): void {
    const { control, words } = this;
    for (;;) {
      const seen = Atomics.load(control, words + Word.wake);
      if (Atomics.load(control, words + Word.messages) !== received) return;
      const runs = Atomics.load(control, words + Word.runs);
      if (runs !== this.runs) {
        this.runs = runs;
        // A step is loaded before its first run and unloaded after its last: if it is missing, this thread is late and the run over.
        steps.get(Atomics.load(control, words + Word.step))?.();
      } else this.sleep(seen);
    }
  }

  private sleep(seen: number): void {
    const word = this.words + Word.wake;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(this.control, word) !== seen) return;
    Atomics.wait(this.control, word, seen);
  }
}

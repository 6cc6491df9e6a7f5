/**
 * What a thread of the pool does: it waits for runs on words of shared memory, takes its part of the step, and goes to its
 * mailbox only when it is told that there is something. `src/host` starts it in a worker of its own.
 */
import { failStep } from './emit/sharing.ts';
import { instantiateKernels, type KernelBuild } from './kernel-module.ts';

/** What the pool tells a thread. `control` and `index` come first. */
export type ToThread =
  | { readonly kind: 'join'; readonly control: Int32Array; readonly index: number }
  | ({ readonly kind: 'load'; readonly id: number } & ThreadedStep)
  | { readonly kind: 'unload'; readonly id: number };

/** What a thread answers. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly id: number }
  | { readonly kind: 'failed'; readonly message: string };

/** A step whose module exports `serve`. */
export interface ThreadedStep {
  readonly build: KernelBuild;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** The worker's side of its channel, as Node and browsers can both give it. */
export interface ThreadPort {
  send(message: FromThread): void;
  listen(onMessage: (message: ToThread) => void): void;
}

/** Words of a thread in `control`, 64 bytes apart: the first is slept on, the others say why it was woken. */
export const Word = { wake: 0, step: 1, runs: 2, mails: 3, size: 16 } as const;

/** Looks before a thread goes to sleep, which is less than a millisecond: waking one takes longer than many a step. */
const LOOKS = 1_500_000;

/** Serves until the worker is ended. */
export function serveThread(port: ThreadPort): void {
  const steps = new Map<number, () => void>();
  let thread: Attention | undefined;
  let mails = 0;
  port.listen((message) => {
    try {
      mails++;
      switch (message.kind) {
        case 'join':
          thread = new Attention(message.control, message.index);
          break;
        case 'load':
          steps.set(message.id, load(message));
          port.send({ kind: 'loaded', id: message.id });
          break;
        case 'unload':
          steps.delete(message.id);
          break;
      }
      thread?.serve(steps, mails);
    } catch (error) {
      port.send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** Puts a step on this thread. A run that throws lets the other threads know before it goes on throwing. */
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

class Attention {
  private readonly control: Int32Array;
  private readonly words: number;
  private runs = 0;

  constructor(control: Int32Array, index: number) {
    this.control = control;
    this.words = index * Word.size;
  }

  /** Helps with the run of the moment until there are more mails than have been read. Runs that are over are left out. */
  serve(steps: ReadonlyMap<number, () => void>, mails: number): void {
    const { control, words } = this;
    for (;;) {
      const seen = Atomics.load(control, words + Word.wake);
      if (Atomics.load(control, words + Word.mails) !== mails) return;
      const runs = Atomics.load(control, words + Word.runs);
      if (runs !== this.runs) {
        this.runs = runs;
        // A step is loaded before its first run and forgotten after its last: one that is not here is over, and we come late.
        steps.get(Atomics.load(control, words + Word.step))?.();
      } else this.sleep(seen);
    }
  }

  private sleep(seen: number): void {
    const word = this.words + Word.wake;
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.control, word) !== seen) return;
    Atomics.wait(this.control, word, seen);
  }
}

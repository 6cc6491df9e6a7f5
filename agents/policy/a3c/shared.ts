/**
 * The parameters θ and the mean squared gradients g that all workers change: one block of memory, no locks (Hogwild, Recht et
 * al. 2011). A worker that sees the memory writes to it; one that does not sends its gradient to the leader, which does.
 */
import type { WorkerContext } from '#core/workers.ts';
import { restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';

/** Shared RMSProp: g ← αg + (1 − α)Δθ², θ ← θ − ηΔθ/√(g + ε) (Mnih et al. 2016, §4). */
export interface RmsProp {
  /** α */
  readonly decay: number;
  readonly epsilon: number;
}

/** 32-bit words before the parameters: the count of updates. */
const HEADER = 1;

export class SharedParameters {
  readonly params: Float32Array;
  /** g */
  readonly squares: Float32Array;
  private readonly count: Int32Array;
  private readonly optimizer: RmsProp;

  /** On memory of `bytesFor(size)` bytes. */
  constructor(memory: ArrayBufferLike, size: number, optimizer: RmsProp) {
    this.count = new Int32Array(memory, 0, HEADER);
    this.params = new Float32Array(memory, 4 * HEADER, size);
    this.squares = new Float32Array(memory, 4 * (HEADER + size), size);
    this.optimizer = optimizer;
  }

  static bytesFor(size: number): number {
    return 4 * (HEADER + 2 * size);
  }

  /** Updates by all workers so far. */
  get updates(): number {
    return Atomics.load(this.count, 0);
  }

  /**
   * Takes one step along a gradient. Other threads may do so at the same moment: of two that write the same number, one is
   * lost. No number is ever half of each, because the hardware writes aligned words whole.
   */
  apply(gradient: Float32Array, learningRate: number): void {
    const { params, squares } = this;
    const { decay, epsilon } = this.optimizer;
    const rest = 1 - decay;
    // As it arrives by message.
    const rate = Math.fround(learningRate);
    for (let k = 0; k < params.length; k++) {
      const slope = gradient[k];
      const square = decay * squares[k] + rest * slope * slope;
      squares[k] = square;
      params[k] -= (rate * slope) / Math.sqrt(square + epsilon);
    }
    Atomics.add(this.count, 0, 1);
  }

  snapshot(): Snapshot {
    return { params: this.params.slice(), squares: this.squares.slice(), updates: this.updates };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ params: this.params, squares: this.squares }, saved, 'shared');
    Atomics.store(this.count, 0, savedNumber(saved, 'updates'));
  }
}

/** A worker's way to the shared parameters. */
export interface Exchange {
  /**
   * Applies a gradient, then copies what the parameters are by now into `params`; resolves to the updates by all workers so
   * far. A rate of 0 changes nothing. A promise only where memory is not shared.
   */
  push(gradient: Float32Array, learningRate: number, params: Float32Array): number | Promise<number>;
}

export function directExchange(shared: SharedParameters): Exchange {
  return {
    push(gradient, learningRate, params) {
      if (learningRate > 0) shared.apply(gradient, learningRate);
      const { updates } = shared;
      params.set(shared.params);
      return updates;
    },
  };
}

/** Words of a message before its numbers: the learning rate there, the updates back. */
const PREFIX = 1;

/** By messages to the leader; the buffer goes back and forth. */
export function askingExchange(worker: WorkerContext, size: number): Exchange {
  let buffer = new ArrayBuffer(4 * (PREFIX + size));
  return {
    async push(gradient, learningRate, params) {
      const numbers = new Float32Array(buffer);
      numbers[0] = learningRate;
      numbers.set(gradient, PREFIX);
      buffer = await worker.ask(buffer);
      params.set(new Float32Array(buffer, 4 * PREFIX));
      return new Int32Array(buffer)[0];
    },
  };
}

/** The leader's side of `askingExchange`: does there what `directExchange` does, and writes the answer over the question. */
export function answerExchange(shared: SharedParameters): (question: ArrayBuffer) => ArrayBuffer {
  const exchange = directExchange(shared);
  return (buffer) => {
    const numbers = new Float32Array(buffer, 4 * PREFIX);
    const [learningRate] = new Float32Array(buffer, 0, 1);
    const updates = exchange.push(numbers, learningRate, numbers) as number;
    new Int32Array(buffer)[0] = updates;
    return buffer;
  };
}

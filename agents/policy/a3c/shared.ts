/**
 * What all workers of A3C share: the parameters θ and their mean squared gradients g, in one block of memory without locks
 * (Hogwild!, Recht et al. 2011).
 */
import { restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';

/** Settings of the shared RMSProp. */
export interface RmsProp {
  /** α */
  readonly decay: number;
  readonly epsilon: number;
}

/** 32-bit words before θ: the count of updates. */
const HEADER = 1;

export class SharedParameters {
  /** θ, [P] */
  readonly params: Float32Array;
  /** g, [P] */
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
   * The asynchronous update: g ← αg + (1 − α)dθ², θ ← θ − η dθ / √(g + ε) (Mnih et al. 2016, section 4). Other threads may
   * update at the same time: of two simultaneous writes to a number one is lost, but none is torn, because the hardware
   * writes aligned words atomically.
   */
  apply(gradient: Float32Array, learningRate: number): void {
    const { params, squares } = this;
    const { decay, epsilon } = this.optimizer;
    const rest = 1 - decay;
    // 32 bits, as the learning rates of compiled steps have.
    const rate = Math.fround(learningRate);
    for (let k = 0; k < params.length; k++) {
      const slope = gradient[k];
      const square = decay * squares[k] + rest * slope * slope;
      squares[k] = square;
      params[k] -= (rate * slope) / Math.sqrt(square + epsilon);
    }
    Atomics.add(this.count, 0, 1);
  }

  /** Copies θ to a worker's θ′ [P]. Returns the number of updates that it includes at least. */
  copyTo(params: Float32Array): number {
    const { updates } = this;
    copyWords(this.params, params);
    return updates;
  }

  snapshot(): Snapshot {
    const { updates, params, squares } = this;
    const [savedParams, savedSquares] = [new Float32Array(params.length), new Float32Array(squares.length)];
    copyWords(params, savedParams);
    copyWords(squares, savedSquares);
    return { params: savedParams, squares: savedSquares, updates };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ params: this.params, squares: this.squares }, saved, 'shared');
    Atomics.store(this.count, 0, savedNumber(saved, 'updates'));
  }
}

/**
 * Copies number by number. `set` and `slice` copy memory that is not aligned to 64 bits byte by byte, and a number that another
 * thread writes meanwhile would be half of one and half of another.
 */
function copyWords(from: Float32Array, to: Float32Array): void {
  for (let k = 0; k < from.length; k++) to[k] = from[k];
}

/**
 * Observations kept for later, each once: rows that share one refer to it by its index, and what nothing refers to any more is
 * overwritten. Numbers are bytes as long as all of them are whole numbers, or whole multiples of 1/levels in pictures.
 */
import { savedArray, savedNumber, type Snapshot } from './snapshot.ts';

/** Observations of one allocation: a store grows without copying what it holds. */
const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;
const LAST = CHUNK - 1;

type Chunk = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export class ObservationStore {
  /** Numbers of an observation. */
  private readonly size: number;
  private readonly levels: number;
  /** The number that each byte stands for. */
  private readonly numbers: Float32Array;
  private chunks: Chunk[] = [];
  /** References to each observation. */
  private uses = new Int32Array(0);
  /** Indices without references, the next one to be used last. */
  private free = new Int32Array(0);
  private freeCount = 0;
  private isBytes = true;

  constructor(size: number, levels = 1) {
    this.size = size;
    this.levels = levels;
    this.numbers = Float32Array.from({ length: 256 }, (_, byte) => byte / levels);
  }

  /** Bytes of an observation of this kind: those of one that is like the given one. */
  static bytesOf(obs: Float32Array, levels?: number): number {
    const store = new ObservationStore(obs.length, levels);
    store.add(obs, 0);
    return store.isBytes ? obs.length : 4 * obs.length;
  }

  /** Copies the observation that begins at `offset`. Returns its index, with one reference to it. */
  add(from: Float32Array, offset: number): number {
    if (this.freeCount === 0) this.grow();
    const index = this.free[--this.freeCount];
    this.uses[index] = 1;
    if (!this.write(index, from, offset)) {
      this.widen();
      this.write(index, from, offset);
    }
    return index;
  }

  /** One more reference to an observation. */
  hold(index: number): void {
    this.uses[index]++;
  }

  /** One reference less; after the last one, the index is free. */
  release(index: number): void {
    if (--this.uses[index] === 0) this.free[this.freeCount++] = index;
  }

  read(index: number, into: Float32Array, offset: number): void {
    const { size, numbers } = this;
    const chunk = this.chunks[index >> CHUNK_BITS];
    const start = (index & LAST) * size;
    if (chunk instanceof Uint8Array)
      for (let k = 0; k < size; k++) into[offset + k] = numbers[chunk[start + k]];
    else for (let k = 0; k < size; k++) into[offset + k] = chunk[start + k];
  }

  snapshot(): Snapshot {
    const { size, chunks, isBytes } = this;
    const length = chunks.length * CHUNK * size;
    const values = isBytes ? new Uint8Array(length) : new Float32Array(length);
    chunks.forEach((chunk, k) => values.set(chunk, k * CHUNK * size));
    return {
      values,
      uses: this.uses.slice(),
      free: this.free.slice(0, this.freeCount),
      levels: this.levels,
    };
  }

  restore(saved: Snapshot): void {
    const { size, levels } = this;
    const values = savedArray(saved, 'values');
    const rows = CHUNK * size;
    const savedLevels = savedNumber(saved, 'levels');
    if (values.length % rows !== 0 || savedLevels !== levels)
      throw new Error(
        `observations: expected chunks of ${rows} numbers in steps of 1/${levels}, got ${values.length} of 1/${savedLevels}`,
      );
    this.isBytes = values instanceof Uint8Array;
    const chunk = (k: number): Chunk => values.slice(k * rows, (k + 1) * rows) as Chunk;
    this.chunks = Array.from({ length: values.length / rows }, (_, k) => chunk(k));
    this.uses = Int32Array.from(savedArray(saved, 'uses'));
    const free = savedArray(saved, 'free');
    this.free = new Int32Array(this.uses.length);
    this.free.set(free);
    this.freeCount = free.length;
  }

  /** False if a byte cannot express one of the numbers. */
  private write(index: number, from: Float32Array, offset: number): boolean {
    const { size, levels, numbers } = this;
    const chunk = this.chunks[index >> CHUNK_BITS];
    const start = (index & LAST) * size;
    if (chunk instanceof Float32Array) {
      for (let k = 0; k < size; k++) chunk[start + k] = from[offset + k];
      return true;
    }
    for (let k = 0; k < size; k++) {
      const value = from[offset + k];
      chunk[start + k] = value * levels + 0.5;
      if (numbers[chunk[start + k]] !== value) return false;
    }
    return true;
  }

  private widen(): void {
    const { numbers } = this;
    this.isBytes = false;
    this.chunks = this.chunks.map((chunk) => Float32Array.from(chunk, (byte) => numbers[byte]));
  }

  private grow(): void {
    const { size, isBytes, chunks } = this;
    const from = chunks.length * CHUNK;
    chunks.push(isBytes ? new Uint8Array(CHUNK * size) : new Float32Array(CHUNK * size));
    const uses = new Int32Array(from + CHUNK);
    uses.set(this.uses);
    this.uses = uses;
    this.free = new Int32Array(from + CHUNK);
    for (let k = 0; k < CHUNK; k++) this.free[k] = from + CHUNK - 1 - k;
    this.freeCount = CHUNK;
  }
}

/**
 * A memory with the kernels on it, for tests: arrays are placed one after another with guard words between them, so that
 * a kernel that writes beyond its output fails the test that ran it.
 */
import { instantiateKernels, type KernelBuild } from '#compile/simd/kernel-module.ts';
import { KERNEL_MEMORY_START, type Kernels } from '#compile/simd/kernel-exports.ts';

const GUARD = 0x7fc0dead;

export class KernelMemory {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  private next = KERNEL_MEMORY_START;
  private readonly guards: number[] = [];

  constructor(build: KernelBuild = 'exact', pages = 256) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.kernels = instantiateKernels(build, this.memory);
  }

  /** Room for n words, filled with NaN so that what a kernel leaves out shows. Returns its address. */
  room(n: number): number {
    const at = this.next;
    new Int32Array(this.memory.buffer, at, n).fill(0x7fc00000);
    new Int32Array(this.memory.buffer, at + 4 * n, 1)[0] = GUARD;
    this.guards.push(at + 4 * n);
    // Not a multiple of 16 on purpose: alignment is a matter of speed only.
    this.next = at + 4 * n + 4;
    return at;
  }

  floats(values: ArrayLike<number>): number {
    const at = this.room(values.length);
    new Float32Array(this.memory.buffer, at, values.length).set(values);
    return at;
  }

  ints(values: ArrayLike<number>): number {
    const at = this.room(values.length);
    new Int32Array(this.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** Scratch of `bytes`, aligned to 16. */
  scratch(bytes: number): number {
    this.next = (this.next + 15) & ~15;
    return this.room(Math.ceil(bytes / 4));
  }

  read(at: number, n: number): Float32Array {
    this.check();
    return new Float32Array(this.memory.buffer, at, n).slice();
  }

  readInts(at: number, n: number): Int32Array {
    this.check();
    return new Int32Array(this.memory.buffer, at, n).slice();
  }

  /** Forgets all arrays. */
  clear(): void {
    this.next = KERNEL_MEMORY_START;
    this.guards.length = 0;
  }

  private check(): void {
    const words = new Int32Array(this.memory.buffer);
    for (const at of this.guards)
      if (words[at / 4] !== GUARD) throw new Error(`a kernel wrote beyond an array's end at byte ${at}`);
    for (let i = 0; i < KERNEL_MEMORY_START / 4; i++)
      if (words[i] !== 0) throw new Error(`a kernel wrote to byte ${4 * i}`);
  }
}

/** Numbers in [−1, 1) from a small generator, rounded to f32. */
export function numbers(n: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length: n }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2147483648 - 1;
  });
}

/** The largest difference relative to the size of the terms: |got − want| / (|want| + scale). */
export function distance(got: ArrayLike<number>, want: ArrayLike<number>, scale = 1): number {
  if (got.length !== want.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const d = Math.abs(got[i] - want[i]) / (Math.abs(want[i]) + scale);
    if (!(d <= worst)) worst = Number.isNaN(d) ? Infinity : d;
  }
  return worst;
}

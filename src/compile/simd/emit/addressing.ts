/**
 * Where the elements of a fused loop lie, and how they get from there into vector registers and back. Loads may read a few bytes
 * past a row, which are never used; stores are exact, because what follows a row may be another tensor.
 */
import type { Node } from '../../graph/graph.ts';
import type { Loop, Placement } from '../../plan/loop.ts';
import type { Code } from './code.ts';

/** Elements in a vector. */
export const LANES = 4;
/** Bytes of an element. */
export const WORD = 4;

/** A running byte offset that all placements with the same strides share. */
interface Walker {
  readonly local: number;
  readonly strides: readonly number[];
}

export class Addressing {
  private readonly code: Code;
  private readonly inner: number;
  private readonly addressOf: (tensor: Node) => number;
  private readonly walkers = new Map<string, Walker>();

  /** `addressOf` gives the byte address of a tensor. */
  constructor(code: Code, loop: Loop, addressOf: (tensor: Node) => number) {
    this.code = code;
    this.inner = loop.domain.length - 1;
    this.addressOf = addressOf;
    this.makeWalkers(loop);
  }

  /** A placement that does not move at all needs no walker: its address is a constant. */
  private makeWalkers({ values, stores, reductions }: Loop): void {
    const placements = [
      ...values.flatMap((value) => (value.kind === 'load' ? [value.from] : [])),
      ...stores.map((store) => store.to),
      ...reductions.map((reduction) => reduction.to),
    ];
    for (const { strides } of placements) {
      const key = strides.join();
      if (this.walkers.has(key) || strides.every((stride) => stride === 0)) continue;
      this.walkers.set(key, { local: this.code.local('i32'), strides });
    }
  }

  /** Whether the address of a placement changes in the course of the loop. */
  moves({ strides }: Placement): boolean {
    return this.walkers.has(strides.join());
  }

  /** Moves all walkers by `count` elements along the innermost dimension. */
  advance(count: number): void {
    for (const { local, strides } of this.walkers.values())
      this.code.advance(local, count * WORD * strides[this.inner]);
  }

  /** Moves all walkers one on along `dim`, after they have gone `walked` elements along the dimension inside it. */
  nextRow(dim: number, walked: number): void {
    for (const { local, strides } of this.walkers.values())
      this.code.advance(local, WORD * (strides[dim] - walked * strides[dim + 1]));
  }

  /** One element in all lanes. */
  loadSplat(from: Placement, local: number): void {
    this.code.loadSplat(this.push(from));
    this.code.set(local);
  }

  /** The n-th vector from where the walkers are: neighbouring elements at once, spaced ones lane by lane. */
  loadLanes(from: Placement, local: number, lanes: number, vector: number): void {
    const { code } = this;
    const stride = from.strides[this.inner];
    const first = vector * LANES * stride;
    const offset = this.push(from, first);
    if (stride === 1) code.v128Load(offset);
    else code.load32Zero(offset);
    code.set(local);
    if (stride === 1) return;
    for (let lane = 1; lane < lanes; lane++) {
      const offset = this.push(from, first + lane * stride);
      code.get(local);
      code.load32Lane(offset, lane);
      code.set(local);
    }
  }

  /** Pushes four neighbouring elements, the n-th vector from where the walkers are. */
  pushLanes(from: Placement, vector: number): void {
    this.code.v128Load(this.push(from, vector * LANES * from.strides[this.inner]));
  }

  /** Writes exactly `lanes` elements. */
  storeLanes(to: Placement, local: number, lanes: number, vector: number): void {
    const { code } = this;
    const stride = to.strides[this.inner];
    const first = vector * LANES * stride;
    const at = (lane: number, write: (offset: number) => void): void => {
      const offset = this.push(to, first + lane * stride);
      code.get(local);
      write(offset);
    };
    if (stride === 1 && lanes === LANES) return at(0, (offset) => code.v128Store(offset));
    if (stride === 1 && lanes >= 2) at(0, (offset) => code.store64Lane(offset, 0));
    for (let lane = stride === 1 ? lanes & ~1 : 0; lane < lanes; lane++)
      at(lane, (offset) => code.store32Lane(offset, lane));
  }

  /** Pushes the running part of an address, `elements` further on; returns the constant part for the instruction. */
  push(placement: Placement, elements = 0): number {
    const { code } = this;
    const walker = this.walkers.get(placement.strides.join());
    const constant = this.constantOf(placement) + WORD * elements;
    if (!walker) code.i32Const(0);
    else code.get(walker.local);
    // An instruction adds its constant without wrapping; a walker that goes backwards is below zero and has to wrap.
    if (!walker?.strides.some((stride) => stride < 0)) return constant;
    code.i32Const(constant);
    code.i32Add();
    return 0;
  }

  /** Byte address of the first element. */
  constantOf({ tensor, offset }: Placement): number {
    return this.addressOf(tensor) + WORD * offset;
  }
}

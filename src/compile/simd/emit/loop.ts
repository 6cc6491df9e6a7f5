/**
 * Emits one fused loop as a WebAssembly function. Values stay in vector registers from load to store; the innermost dimension
 * goes four elements at a time.
 */
import type { Node } from '../../graph/graph.ts';
import type { Loop, Store, Value } from '../../plan/loop.ts';
import type { KernelName } from '../kernel-exports.ts';
import { Addressing, LANES } from './addressing.ts';
import { Code } from './code.ts';
import { helperOf, push, pushConstant, pushMap, storedAs, type Operand } from './functions.ts';
import { Simd } from './opcodes.ts';
import { Reductions } from './reductions.ts';

export interface EmitContext {
  /** Byte address of a tensor. */
  address(tensor: Node): number;
  /** Index of an imported helper function. */
  helper(name: KernelName): number;
}

/** Vectors per turn of a long innermost loop: less counting, and sums run in as many registers side by side. */
const UNROLL = 4;
/** Vectors in a row from which on unrolling is worth its code. */
const LONG = 4 * UNROLL;
/** The bits of a float32's exponent. */
const EXPONENT = 0x7f800000;

/**
 * The function of a loop: no parameters, no result; it reads and writes the addresses that `context` gives. Loops with an
 * empty domain do nothing.
 */
export function emitLoop(loop: Loop, context: EmitContext): Code {
  return new LoopEmitter(loop, context).emit();
}

class LoopEmitter {
  private readonly code = new Code();
  private readonly loop: Loop;
  private readonly context: EmitContext;
  private readonly domain: readonly number[];
  private readonly addressing: Addressing;
  private readonly reductions: Reductions;
  private readonly operands: Operand[] = [];
  /** Vectors per turn of the innermost loop. */
  private readonly unroll: number;

  constructor(loop: Loop, context: EmitContext) {
    // A scalar is a loop over one element.
    const scalar = loop.domain.length === 0;
    this.loop = scalar ? overOneElement(loop) : loop;
    this.domain = this.loop.domain;
    this.unroll = unrolled(this.loop) ? UNROLL : 1;
    this.context = context;
    this.addressing = new Addressing(this.code, this.loop, (tensor) => context.address(tensor));
    this.reductions = new Reductions(this.code, this.loop, this.addressing);
  }

  emit(): Code {
    const { code, loop, reductions } = this;
    if (this.domain.includes(0)) return new Code();
    loop.values.forEach((value, i) => this.prepare(value, i));
    reductions.start(this.unroll);
    this.nest(0);
    reductions.end();
    return code;
  }

  /** Puts what is the same for all elements before the loops. */
  private prepare(value: Value, index: number): void {
    const { code } = this;
    const local = code.local('v128');
    this.operands[index] = { local, as: value.kind === 'map' ? 'f32' : storedAs(value.dtype) };
    if (value.kind === 'immediate') {
      pushConstant(code, value.value, value.dtype);
      code.set(local);
    } else if (value.kind === 'load' && !this.addressing.moves(value.from))
      this.addressing.loadSplat(value.from, local);
  }

  /** The loops over the dimensions from `dim` on. */
  private nest(dim: number): void {
    const { code, domain } = this;
    const inner = domain.length - 1;
    if (dim === inner) return this.row();
    const counter = code.local('i32');
    code.loop(counter, { start: 0, step: 1, end: domain[dim] }, () => {
      this.nest(dim + 1);
      const walked = dim + 1 === inner ? this.turns() * this.unroll * LANES : domain[dim + 1];
      this.addressing.nextRow(dim, walked);
    });
  }

  /** The innermost dimension. */
  private row(): void {
    const { code, domain, loop, addressing, reductions } = this;
    const inner = domain.length - 1;
    for (const [i, value] of loop.values.entries())
      if (value.kind === 'load' && value.from.strides[inner] === 0 && addressing.moves(value.from))
        addressing.loadSplat(value.from, this.operands[i].local);
    reductions.startRow();
    const turns = this.turns();
    const turn = (): void => {
      for (let vector = 0; vector < this.unroll; vector++) this.elements(LANES, vector);
      addressing.advance(this.unroll * LANES);
    };
    if (turns === 1) turn();
    else if (turns > 1) code.loop(code.local('i32'), { start: 0, step: 1, end: turns }, turn);
    const rest = domain[inner] - turns * this.unroll * LANES;
    for (let vector = 0; vector * LANES < rest; vector++)
      this.elements(Math.min(LANES, rest - vector * LANES), vector);
    reductions.endRow();
  }

  /** Turns of the innermost loop; what is left of a row comes behind it. */
  private turns(): number {
    return Math.floor(this.domain[this.domain.length - 1] / (LANES * this.unroll));
  }

  /** Loads, computes and stores up to four neighbouring elements: the n-th vector from where the walkers are. */
  private elements(lanes: number, vector: number): void {
    const { code, loop, domain } = this;
    const inner = domain.length - 1;
    // All loads come before the first store: a store may overwrite what was loaded.
    for (const [i, value] of loop.values.entries())
      if (value.kind === 'load' && value.from.strides[inner] !== 0)
        this.addressing.loadLanes(value.from, this.operands[i].local, lanes, vector);
    for (const [i, value] of loop.values.entries()) {
      if (value.kind !== 'map') continue;
      const args = value.args.map((arg) => this.operands[arg]);
      const as = pushMap(code, value.fn, args, (name) => this.context.helper(name));
      code.set(this.operands[i].local);
      this.operands[i] = { local: this.operands[i].local, as };
    }
    this.reductions.add(this.operands, lanes, vector);
    for (const store of loop.stores) this.store(store, lanes, vector);
  }

  private store({ value, to, flush }: Store, lanes: number, vector: number): void {
    const { code } = this;
    const local = code.local('v128');
    push(code, this.operands[value], storedAs(to.tensor.dtype));
    code.set(local);
    if (flush) flushDenormals(code, local);
    this.addressing.storeLanes(to, local, lanes, vector);
  }
}

/** Zero for what has no bit set in its exponent: a denormal number or a zero. Three instructions; |x| < 2⁻¹²⁶ would be five. */
function flushDenormals(code: Code, local: number): void {
  code.get(local);
  code.get(local);
  code.v128ConstI32([EXPONENT, EXPONENT, EXPONENT, EXPONENT]);
  code.simd(Simd.v128And);
  code.v128ConstI32([0, 0, 0, 0]);
  code.simd(Simd.i32x4Eq);
  code.simd(Simd.v128Andnot);
  code.set(local);
}

/** Whether to unroll: rows are long, and no function is called, which would cost more than all the rest. */
function unrolled({ domain, values }: Loop): boolean {
  const calls = values.some((value) => value.kind === 'map' && helperOf(value.fn) !== undefined);
  return !calls && domain[domain.length - 1] >= LONG * LANES;
}

/** A loop over scalars as one over a dimension of length 1. */
function overOneElement(loop: Loop): Loop {
  return {
    domain: [1],
    values: loop.values.map((value) =>
      value.kind === 'load' ? { ...value, from: { ...value.from, strides: [1] } } : value,
    ),
    stores: loop.stores.map((store) => ({ ...store, to: { ...store.to, strides: [1] } })),
    reductions: loop.reductions.map((reduction) => ({
      ...reduction,
      to: { ...reduction.to, strides: [0] },
      reduced: [true],
    })),
  };
}

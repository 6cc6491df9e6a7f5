/**
 * Emits one fused loop as a WebAssembly function. Values stay in vector registers from load to store; the innermost dimension
 * goes four elements at a time, its rest with exact stores. Loads may read a few bytes past a row, which are never used.
 */
import type { Node } from '../../graph/graph.ts';
import type { Loop, Placement, Reduction, Store, Value } from '../../plan/loop.ts';
import type { KernelName } from '../kernel-exports.ts';
import { Code, Simd } from './code.ts';
import {
  combine,
  helperOf,
  neutralOf,
  push,
  pushConstant,
  pushMap,
  storedAs,
  type Operand,
} from './functions.ts';

export interface EmitContext {
  /** Byte address of a tensor. */
  address(tensor: Node): number;
  /** Index of an imported helper function. */
  helper(name: KernelName): number;
}

const LANES = 4;
const WORD = 4;
/** Vectors per turn of a long innermost loop: its counting costs less, and sums go on in as many registers at once. */
const UNROLL = 4;
/** Shorter rows are not worth the code. */
const LONG = 4 * UNROLL;
/** The bits of a float32's exponent. */
const EXPONENT = 0x7f800000;

/** A running byte offset that all placements with the same strides share. */
interface Walker {
  readonly local: number;
  readonly strides: readonly number[];
}

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
  private readonly walkers = new Map<string, Walker>();
  private readonly operands: Operand[] = [];
  /** Vectors per turn of the innermost loop. */
  private readonly unroll: number;
  /** Locals of reductions over the innermost dimension: one for each vector of a turn. */
  private readonly accumulators = new Map<Reduction, readonly number[]>();

  constructor(loop: Loop, context: EmitContext) {
    // A scalar is a loop over one element.
    const scalar = loop.domain.length === 0;
    this.loop = scalar ? overOneElement(loop) : loop;
    this.domain = this.loop.domain;
    this.unroll = unrolled(this.loop) ? UNROLL : 1;
    this.context = context;
  }

  emit(): Code {
    const { code, loop } = this;
    if (this.domain.includes(0)) return code;
    this.makeWalkers();
    loop.values.forEach((value, i) => this.prepare(value, i));
    for (const reduction of loop.reductions) this.startReduction(reduction);
    this.nest(0);
    for (const reduction of loop.reductions) if (isTotal(reduction)) this.finishRow(reduction);
    return code;
  }

  /** Placements that do not move at all need no walker: their address is a constant. */
  private makeWalkers(): void {
    const { values, stores, reductions } = this.loop;
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

  /** What is the same for all elements goes before the loops. */
  private prepare(value: Value, index: number): void {
    const { code } = this;
    const local = code.local('v128');
    this.operands[index] = { local, as: value.kind === 'map' ? 'f32' : storedAs(value.dtype) };
    if (value.kind === 'immediate') {
      pushConstant(code, value.value, value.dtype);
      code.set(local);
    } else if (value.kind === 'load' && value.from.strides.every((stride) => stride === 0))
      this.loadSplat(value.from, local);
  }

  /** Totals and rows gather in a register, everything else in the result's memory, which starts from the neutral value. */
  private startReduction(reduction: Reduction): void {
    const { code, domain } = this;
    const dtype = reduction.to.tensor.dtype;
    const neutral = neutralOf(reduction.fn, dtype);
    const inner = domain.length - 1;
    if (reduction.reduced[inner]) {
      const locals = Array.from({ length: this.unroll }, () => code.local('v128'));
      this.accumulators.set(reduction, locals);
      if (isTotal(reduction)) this.clear(reduction);
    }
    if (accumulatesInMemory(reduction)) this.fill(reduction, neutral);
  }

  /** Sets the registers of a reduction to the neutral value. */
  private clear(reduction: Reduction): void {
    const { dtype } = reduction.to.tensor;
    for (const local of this.accumulators.get(reduction) as readonly number[]) {
      pushConstant(this.code, neutralOf(reduction.fn, dtype), dtype);
      this.code.set(local);
    }
  }

  /** Sets the results of a reduction to one value: they lie side by side, also those of a thread's share. */
  private fill({ to: { tensor, offset: first }, reduced }: Reduction, value: number): void {
    const { code } = this;
    const size = this.domain.reduce((size, count, axis) => (reduced[axis] ? size : size * count), 1);
    const address = this.context.address(tensor) + WORD * first;
    if (value === 0) {
      code.i32Const(address);
      code.i32Const(0);
      code.i32Const(size * WORD);
      code.memoryFill();
      return;
    }
    const offset = code.local('i32');
    code.loop(offset, { start: 0, step: WORD, end: size * WORD }, () => {
      code.get(offset);
      pushConstant(code, value, tensor.dtype);
      code.store32Lane(address, 0);
    });
  }

  /** The loops over the dimensions from `dim` on. A walker that was moved by the inner loops is set on to the next row. */
  private nest(dim: number): void {
    const { code, domain } = this;
    const inner = domain.length - 1;
    if (dim === inner) return this.row();
    const counter = code.local('i32');
    code.loop(counter, { start: 0, step: 1, end: domain[dim] }, () => {
      this.nest(dim + 1);
      const walked = dim + 1 === inner ? this.turns() * this.unroll * LANES : domain[dim + 1];
      for (const { local, strides } of this.walkers.values())
        code.advance(local, WORD * (strides[dim] - walked * strides[dim + 1]));
    });
  }

  /** The innermost dimension. */
  private row(): void {
    const { code, domain, loop } = this;
    const inner = domain.length - 1;
    for (const [i, value] of loop.values.entries())
      if (value.kind === 'load' && value.from.strides[inner] === 0 && this.walkerOf(value.from))
        this.loadSplat(value.from, this.operands[i].local);
    for (const reduction of loop.reductions)
      if (reduction.reduced[inner] && !isTotal(reduction)) this.clear(reduction);
    const turns = this.turns();
    const turn = (): void => {
      for (let vector = 0; vector < this.unroll; vector++) this.elements(LANES, vector);
      for (const { local, strides } of this.walkers.values())
        code.advance(local, this.unroll * LANES * WORD * strides[inner]);
    };
    if (turns === 1) turn();
    else if (turns > 1) code.loop(code.local('i32'), { start: 0, step: 1, end: turns }, turn);
    const rest = domain[inner] - turns * this.unroll * LANES;
    for (let vector = 0; vector * LANES < rest; vector++)
      this.elements(Math.min(LANES, rest - vector * LANES), vector);
    for (const reduction of loop.reductions)
      if (reduction.reduced[inner] && !isTotal(reduction)) this.finishRow(reduction);
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
        this.loadLanes(value.from, this.operands[i].local, lanes, vector);
    for (const [i, value] of loop.values.entries()) {
      if (value.kind !== 'map') continue;
      const args = value.args.map((arg) => this.operands[arg]);
      const as = pushMap(code, value.fn, args, (name) => this.context.helper(name));
      code.set(this.operands[i].local);
      this.operands[i] = { local: this.operands[i].local, as };
    }
    for (const reduction of loop.reductions)
      if (reduction.reduced[inner]) this.accumulate(reduction, lanes, vector);
      else this.accumulateInMemory(reduction, lanes, vector);
    for (const store of loop.stores) this.store(store, lanes, vector);
  }

  /** Adds four lanes to a register; lanes past the end of a row count as the neutral value. */
  private accumulate(reduction: Reduction, lanes: number, vector: number): void {
    const { code } = this;
    const { dtype } = reduction.to.tensor;
    const local = (this.accumulators.get(reduction) as readonly number[])[vector];
    code.get(local);
    push(code, this.operands[reduction.value], storedAs(dtype));
    if (lanes < LANES) {
      pushConstant(code, neutralOf(reduction.fn, dtype), dtype);
      const mask = (lane: number): number => (lane < lanes ? -1 : 0);
      code.v128ConstI32([mask(0), mask(1), mask(2), mask(3)]);
      code.simd(Simd.v128Bitselect);
    }
    combine(code, reduction.fn, dtype);
    code.set(local);
  }

  /** Adds four neighbouring results at once: the innermost dimension is kept, so they lie side by side. */
  private accumulateInMemory(reduction: Reduction, lanes: number, vector: number): void {
    const { code } = this;
    const { dtype } = reduction.to.tensor;
    const sum = code.local('v128');
    code.v128Load(this.pushAddress(reduction.to, this.steps(reduction.to, vector)));
    push(code, this.operands[reduction.value], storedAs(dtype));
    combine(code, reduction.fn, dtype);
    code.set(sum);
    this.storeLanes(reduction.to, sum, lanes, vector);
  }

  /** Joins the registers of a reduction and their lanes, and writes the one number. */
  private finishRow(reduction: Reduction): void {
    const { code } = this;
    const { dtype } = reduction.to.tensor;
    const [local, ...others] = this.accumulators.get(reduction) as readonly number[];
    for (const other of others) {
      code.get(local);
      code.get(other);
      combine(code, reduction.fn, dtype);
      code.set(local);
    }
    const joinWith = (words: readonly [number, number, number, number]): void => {
      code.get(local);
      code.get(local);
      code.get(local);
      code.shuffle32(...words);
      combine(code, reduction.fn, dtype);
      code.set(local);
    };
    joinWith([2, 3, 0, 1]);
    joinWith([1, 0, 3, 2]);
    if (accumulatesInMemory(reduction)) {
      code.get(local);
      code.load32Zero(this.pushAddress(reduction.to));
      combine(code, reduction.fn, dtype);
      code.set(local);
    }
    const offset = this.pushAddress(reduction.to);
    code.get(local);
    code.store32Lane(offset, 0);
  }

  private store({ value, to, flush }: Store, lanes: number, vector: number): void {
    const { code } = this;
    const local = code.local('v128');
    push(code, this.operands[value], storedAs(to.tensor.dtype));
    code.set(local);
    if (flush) flushDenormals(code, local);
    this.storeLanes(to, local, lanes, vector);
  }

  /** Writes exactly `lanes` elements: what follows a row may be another tensor. */
  private storeLanes(to: Placement, local: number, lanes: number, vector: number): void {
    const { code } = this;
    const stride = to.strides[this.domain.length - 1];
    const first = this.steps(to, vector);
    const at = (lane: number, write: (offset: number) => void): void => {
      const offset = this.pushAddress(to, first + lane * stride);
      code.get(local);
      write(offset);
    };
    if (stride === 1 && lanes === LANES) return at(0, (offset) => code.v128Store(offset));
    if (stride === 1 && lanes >= 2) at(0, (offset) => code.store64Lane(offset, 0));
    for (let lane = stride === 1 ? lanes & ~1 : 0; lane < lanes; lane++)
      at(lane, (offset) => code.store32Lane(offset, lane));
  }

  /** Reads elements one after another as one vector, and spaced ones lane by lane. */
  private loadLanes(from: Placement, local: number, lanes: number, vector: number): void {
    const { code } = this;
    const stride = from.strides[this.domain.length - 1];
    const first = this.steps(from, vector);
    const offset = this.pushAddress(from, first);
    if (stride === 1) code.v128Load(offset);
    else code.load32Zero(offset);
    code.set(local);
    if (stride === 1) return;
    for (let lane = 1; lane < lanes; lane++) {
      const offset = this.pushAddress(from, first + lane * stride);
      code.get(local);
      code.load32Lane(offset, lane);
      code.set(local);
    }
  }

  private loadSplat(from: Placement, local: number): void {
    this.code.loadSplat(this.pushAddress(from));
    this.code.set(local);
  }

  /** Elements from where the walkers are to the n-th vector. */
  private steps(placement: Placement, vector: number): number {
    return vector * LANES * placement.strides[this.domain.length - 1];
  }

  private walkerOf({ strides }: Placement): Walker | undefined {
    return this.walkers.get(strides.join());
  }

  /** Pushes the running part of an address, `elements` further on; returns the constant part for the instruction. */
  private pushAddress(placement: Placement, elements = 0): number {
    const { code } = this;
    const walker = this.walkerOf(placement);
    const constant = this.context.address(placement.tensor) + WORD * (placement.offset + elements);
    if (!walker) code.i32Const(0);
    else code.get(walker.local);
    // An instruction adds its constant without wrapping; a walker that goes backwards is below zero and has to wrap.
    if (!walker?.strides.some((stride) => stride < 0)) return constant;
    code.i32Const(constant);
    code.i32Add();
    return 0;
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

/** Long rows; not those that call functions, which cost more than all the rest. */
function unrolled({ domain, values }: Loop): boolean {
  const calls = values.some((value) => value.kind === 'map' && helperOf(value.fn) !== undefined);
  return !calls && domain[domain.length - 1] >= LONG * LANES;
}

/** Every dimension is reduced: one number, kept in a register to the end. */
function isTotal(reduction: Reduction): boolean {
  return reduction.reduced.every(Boolean);
}

/** The same number is met again after others have been: it has to wait in memory. */
function accumulatesInMemory({ reduced }: Reduction): boolean {
  const inner = reduced.length - 1;
  const outer = reduced.slice(0, inner);
  return reduced[inner] ? outer.some(Boolean) && !outer.every(Boolean) : true;
}

/** A scalar's strides over the one element that it is. */
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

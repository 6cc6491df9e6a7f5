/**
 * The reductions of a fused loop. Totals and sums along the innermost dimension gather in vector registers; all others in the
 * result's own memory, four neighbouring results at a time.
 */
import type { Loop, Reduction } from '../../plan/loop.ts';
import { LANES, WORD, type Addressing } from './addressing.ts';
import type { Code } from './code.ts';
import { combine, neutralOf, push, pushConstant, storedAs, type Operand } from './functions.ts';
import { Simd } from './opcodes.ts';

export class Reductions {
  private readonly code: Code;
  private readonly loop: Loop;
  private readonly addressing: Addressing;
  /** Locals of reductions over the innermost dimension: one for each vector of a turn. */
  private readonly accumulators = new Map<Reduction, readonly number[]>();

  constructor(code: Code, loop: Loop, addressing: Addressing) {
    this.code = code;
    this.loop = loop;
    this.addressing = addressing;
  }

  /** Before the loops: what gathers in memory starts from the neutral value. `vectors`: per turn of the innermost loop. */
  start(vectors: number): void {
    for (const reduction of this.loop.reductions) {
      if (overInnermost(reduction)) {
        this.accumulators.set(
          reduction,
          Array.from({ length: vectors }, () => this.code.local('v128')),
        );
        if (isTotal(reduction)) this.clear(reduction);
      }
      if (gathersInMemory(reduction)) this.fill(reduction);
    }
  }

  startRow(): void {
    for (const reduction of this.loop.reductions)
      if (overInnermost(reduction) && !isTotal(reduction)) this.clear(reduction);
  }

  /** Takes in up to four neighbouring elements of the loop's values. */
  add(values: readonly Operand[], lanes: number, vector: number): void {
    for (const reduction of this.loop.reductions)
      if (overInnermost(reduction)) this.addToRegister(reduction, values, lanes, vector);
      else this.addToMemory(reduction, values, lanes, vector);
  }

  endRow(): void {
    for (const reduction of this.loop.reductions)
      if (overInnermost(reduction) && !isTotal(reduction)) this.write(reduction);
  }

  /** After the loops. */
  end(): void {
    for (const reduction of this.loop.reductions) if (isTotal(reduction)) this.write(reduction);
  }

  /** Sets the registers of a reduction to the neutral value. */
  private clear(reduction: Reduction): void {
    const { dtype } = reduction.to.tensor;
    for (const local of this.registers(reduction)) {
      pushConstant(this.code, neutralOf(reduction.fn, dtype), dtype);
      this.code.set(local);
    }
  }

  /** Sets the results of a reduction to the neutral value: they lie side by side, also those of a thread's share. */
  private fill({ to, reduced, fn }: Reduction): void {
    const { code } = this;
    const { dtype } = to.tensor;
    const neutral = neutralOf(fn, dtype);
    const size = this.loop.domain.reduce((size, count, axis) => (reduced[axis] ? size : size * count), 1);
    const address = this.addressing.constantOf(to);
    if (neutral === 0) {
      code.i32Const(address);
      code.i32Const(0);
      code.i32Const(size * WORD);
      code.memoryFill();
      return;
    }
    const offset = code.local('i32');
    code.loop(offset, { start: 0, step: WORD, end: size * WORD }, () => {
      code.get(offset);
      pushConstant(code, neutral, dtype);
      code.store32Lane(address, 0);
    });
  }

  /** Lanes past the end of a row count as the neutral value. */
  private addToRegister(
    reduction: Reduction,
    values: readonly Operand[],
    lanes: number,
    vector: number,
  ): void {
    const { code } = this;
    const { dtype } = reduction.to.tensor;
    const local = this.registers(reduction)[vector];
    code.get(local);
    push(code, values[reduction.value], storedAs(dtype));
    if (lanes < LANES) {
      pushConstant(code, neutralOf(reduction.fn, dtype), dtype);
      const mask = (lane: number): number => (lane < lanes ? -1 : 0);
      code.v128ConstI32([mask(0), mask(1), mask(2), mask(3)]);
      code.simd(Simd.v128Bitselect);
    }
    combine(code, reduction.fn, dtype);
    code.set(local);
  }

  /** The innermost dimension is kept, so four results lie side by side. */
  private addToMemory(
    { to, fn, value }: Reduction,
    values: readonly Operand[],
    lanes: number,
    vector: number,
  ): void {
    const { code, addressing } = this;
    const { dtype } = to.tensor;
    const sum = code.local('v128');
    addressing.pushLanes(to, vector);
    push(code, values[value], storedAs(dtype));
    combine(code, fn, dtype);
    code.set(sum);
    addressing.storeLanes(to, sum, lanes, vector);
  }

  /** Joins the registers of a reduction and their lanes, and writes the one number. */
  private write(reduction: Reduction): void {
    const { code, addressing } = this;
    const { fn, to } = reduction;
    const { dtype } = to.tensor;
    const [local, ...others] = this.registers(reduction);
    for (const other of others) {
      code.get(local);
      code.get(other);
      combine(code, fn, dtype);
      code.set(local);
    }
    const joinWith = (words: readonly [number, number, number, number]): void => {
      code.get(local);
      code.get(local);
      code.get(local);
      code.shuffle32(...words);
      combine(code, fn, dtype);
      code.set(local);
    };
    joinWith([2, 3, 0, 1]);
    joinWith([1, 0, 3, 2]);
    if (gathersInMemory(reduction)) {
      code.get(local);
      code.load32Zero(addressing.push(to));
      combine(code, fn, dtype);
      code.set(local);
    }
    const offset = addressing.push(to);
    code.get(local);
    code.store32Lane(offset, 0);
  }

  private registers(reduction: Reduction): readonly number[] {
    return this.accumulators.get(reduction) as readonly number[];
  }
}

function overInnermost({ reduced }: Reduction): boolean {
  return reduced[reduced.length - 1];
}

/** Every dimension is reduced: one number, kept in a register to the end. */
function isTotal({ reduced }: Reduction): boolean {
  return reduced.every(Boolean);
}

/** The same result is met again after others have been: it has to wait in memory. */
function gathersInMemory({ reduced }: Reduction): boolean {
  const inner = reduced.length - 1;
  const outer = reduced.slice(0, inner);
  return reduced[inner] ? outer.some(Boolean) && !outer.every(Boolean) : true;
}

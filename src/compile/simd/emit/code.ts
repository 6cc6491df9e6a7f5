/**
 * The body of one WebAssembly function: instructions and locals, written in order. Method names are the specification's
 * instruction names where there is one method per instruction; vector arithmetic goes through `simd` with an opcode.
 */
import type { WasmType } from '../kernel-exports.ts';
import { writeSigned32, writeSigned64, writeUnsigned } from '../leb128.ts';
import { TYPE_CODES, type SimdOp } from './opcodes.ts';

/** The caller keeps the stack balanced; engines check that when they compile. */
export class Code {
  private readonly bytes: number[] = [];
  private readonly locals: WasmType[] = [];
  private readonly words = new DataView(new ArrayBuffer(4));

  /** A new local, zero at entry. */
  local(type: WasmType): number {
    return this.locals.push(type) - 1;
  }

  get(local: number): void {
    this.op(0x20, local);
  }

  set(local: number): void {
    this.op(0x21, local);
  }

  tee(local: number): void {
    this.op(0x22, local);
  }

  /** Addresses above 2³¹ wrap and mean the same. */
  i32Const(value: number): void {
    this.bytes.push(0x41);
    writeSigned32(this.bytes, value);
  }

  i64Const(value: bigint): void {
    this.bytes.push(0x42);
    writeSigned64(this.bytes, value);
  }

  i32Add(): void {
    this.bytes.push(0x6a);
  }

  /** Adds to a local and leaves the sum on the stack. */
  increase(local: number, by: number): void {
    this.get(local);
    this.i32Const(by);
    this.i32Add();
    this.tee(local);
  }

  advance(local: number, by: number): void {
    if (by === 0) return;
    this.get(local);
    this.i32Const(by);
    this.i32Add();
    this.set(local);
  }

  i32Sub(): void {
    this.bytes.push(0x6b);
  }

  i32And(): void {
    this.bytes.push(0x71);
  }

  i32ShrU(): void {
    this.bytes.push(0x76);
  }

  i32GeU(): void {
    this.bytes.push(0x4f);
  }

  i32Eq(): void {
    this.bytes.push(0x46);
  }

  i32Eqz(): void {
    this.bytes.push(0x45);
  }

  /** Takes a number off the stack and leaves the function unless it is zero. */
  returnIf(): void {
    this.when(() => this.bytes.push(0x0f));
  }

  /** Takes a number off the stack; the body runs unless it is zero. */
  when(body: () => void): void {
    this.bytes.push(0x04, 0x40);
    body();
    this.bytes.push(0x0b);
  }

  /** Repeats the body as long as it leaves a number other than zero. */
  repeatWhile(body: () => void): void {
    this.bytes.push(0x03, 0x40);
    body();
    this.op(0x0d, 0);
    this.bytes.push(0x0b);
  }

  /** Aligned words shared with other threads (WebAssembly threads proposal); address 0 plus `offset` where nothing is pushed. */
  atomicLoad(offset: number): void {
    this.atomic(0x10, offset);
  }

  /** (address, value) */
  atomicStore(offset: number): void {
    this.atomic(0x17, offset);
  }

  /** (address, summand); leaves what was there before. */
  atomicAdd(offset: number): void {
    this.atomic(0x1e, offset);
  }

  /** (address, how many); leaves how many were woken. */
  atomicNotify(offset: number): void {
    this.atomic(0x00, offset);
  }

  /** (address, expected value, nanoseconds); leaves 2 after a timeout. */
  atomicWait(offset: number): void {
    this.atomic(0x01, offset);
  }

  drop(): void {
    this.bytes.push(0x1a);
  }

  call(index: number): void {
    this.op(0x10, index);
  }

  /** Repeats the body while `local`, increased by `step` each time, differs from `end`; it starts from `start`. */
  loop(local: number, bounds: { start: number; step: number; end: number }, body: () => void): void {
    this.i32Const(bounds.start);
    this.set(local);
    this.bytes.push(0x03, 0x40);
    body();
    this.increase(local, bounds.step);
    this.i32Const(bounds.end);
    this.bytes.push(0x47); // i32.ne
    this.op(0x0d, 0); // br_if to the loop's start
    this.bytes.push(0x0b);
  }

  /** (target, source, bytes) */
  memoryCopy(): void {
    this.bytes.push(0xfc, 0x0a, 0x00, 0x00);
  }

  /** (target, byte, bytes) */
  memoryFill(): void {
    this.bytes.push(0xfc, 0x0b, 0x00);
  }

  simd(op: SimdOp): void {
    this.vector(op);
  }

  /** Any alignment; `offset` is added to the address on the stack. */
  v128Load(offset: number): void {
    this.vectorAccess(0x00, 4, offset);
  }

  v128Store(offset: number): void {
    this.vectorAccess(0x0b, 4, offset);
  }

  /** One 32-bit word in all four lanes. */
  loadSplat(offset: number): void {
    this.vectorAccess(0x09, 2, offset);
  }

  /** One word in lane 0, zeros in the others. */
  load32Zero(offset: number): void {
    this.vectorAccess(0x5c, 2, offset);
  }

  /** Replaces one lane of the vector on the stack by a word from memory. */
  load32Lane(offset: number, lane: number): void {
    this.vectorAccess(0x56, 2, offset);
    this.bytes.push(lane);
  }

  store32Lane(offset: number, lane: number): void {
    this.vectorAccess(0x5a, 2, offset);
    this.bytes.push(lane);
  }

  store64Lane(offset: number, lane: number): void {
    this.vectorAccess(0x5b, 3, offset);
    this.bytes.push(lane);
  }

  v128ConstF32(lanes: readonly [number, number, number, number]): void {
    this.vector(0x0c);
    for (const lane of lanes) {
      this.words.setFloat32(0, lane, true);
      this.word();
    }
  }

  v128ConstI32(lanes: readonly [number, number, number, number]): void {
    this.vector(0x0c);
    for (const lane of lanes) {
      this.words.setInt32(0, lane, true);
      this.word();
    }
  }

  /** Words of two vectors by index: 0 … 3 from the first, 4 … 7 from the second. */
  shuffle32(...words: readonly [number, number, number, number]): void {
    this.vector(0x0d);
    for (const word of words) for (let byte = 0; byte < 4; byte++) this.bytes.push(4 * word + byte);
  }

  /** Locals, instructions and the end mark: the body as the code section holds it. */
  finish(): number[] {
    const head: number[] = [];
    writeUnsigned(head, this.locals.length);
    for (const type of this.locals) head.push(1, TYPE_CODES[type]);
    return [...head, ...this.bytes, 0x0b];
  }

  private op(code: number, argument: number): void {
    this.bytes.push(code);
    writeUnsigned(this.bytes, argument);
  }

  private vector(code: number): void {
    this.bytes.push(0xfd);
    writeUnsigned(this.bytes, code);
  }

  private atomic(code: number, offset: number): void {
    const alignment = 2;
    this.bytes.push(0xfe, code, alignment);
    writeUnsigned(this.bytes, offset);
  }

  private vectorAccess(code: number, alignment: number, offset: number): void {
    this.vector(code);
    writeUnsigned(this.bytes, alignment);
    writeUnsigned(this.bytes, offset);
  }

  private word(): void {
    for (let i = 0; i < 4; i++) this.bytes.push(this.words.getUint8(i));
  }
}

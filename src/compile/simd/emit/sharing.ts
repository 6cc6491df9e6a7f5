/**
 * How threads share a step, as functions of its module: the first thread offers the chunks of a phase, all threads take them one
 * by one, and none is waited for unless it has taken one. No JavaScript runs in between.
 */
import { KERNEL_MEMORY_START } from '../kernel-exports.ts';
import { Code } from './code.ts';

/**
 * Three words before all tensors, each in a cache line of its own. TICKET is `phase << 16 | chunks << 8 | next chunk`: adding 1
 * takes a chunk, and the old value says of which phase. Phase 0 is the end of a run. OPENING, a phase without chunks, is its
 * beginning, so that a thread that arrives before the first chunks does not take the run for over.
 */
const TICKET = KERNEL_MEMORY_START;
const DONE = TICKET + 64;
const FAILED = DONE + 64;
const OPENING = 0x7fff;
/** First byte for tensors of a step on several threads. */
export const SHARED_MEMORY_START = FAILED + 64;

/** Spins before a thread goes to sleep, about 0.2 ms: waking it takes longer than most phases. */
const SPINS = 500_000;
/** Milliseconds after which a sleeping thread checks again, in case it missed its wake-up. */
const WAIT = 1000;
/** Waits that make up the first thread's timeout; a machine that was suspended uses up only one of them. */
const WAITS = 8;

/**
 * `help`: takes chunks until none of the current phase is left. `emitChunk` writes the code of one; phases are counted
 * from 1, chunks from 0.
 */
export function emitHelp(
  chunks: readonly number[],
  emitChunk: (phase: number, chunk: number) => void,
  code: Code,
): void {
  const ticket = code.local('i32');
  const phase = code.local('i32');
  const chunk = code.local('i32');
  const unpack = (): void => {
    code.set(ticket);
    code.get(ticket);
    code.i32Const(255);
    code.i32And();
    code.set(chunk);
    code.get(chunk);
    pushChunks(code, ticket);
    code.i32GeU();
    code.returnIf();
  };
  code.repeatWhile(() => {
    // Read before adding, so that the count overshoots by one per thread at most.
    load(code, TICKET);
    unpack();
    add(code, TICKET);
    unpack();
    pushPhase(code, ticket);
    code.set(phase);
    chunks.forEach((count, i) => {
      if (count === 0) return;
      whenEqual(code, phase, i + 1, () => {
        for (let k = 0; k < count; k++) whenEqual(code, chunk, k, () => emitChunk(i + 1, k));
      });
    });
    add(code, DONE);
    code.i32Const(1);
    code.i32Add();
    pushChunks(code, ticket);
    code.i32Eq();
    code.when(() => notify(code, DONE));
    code.i32Const(1);
  });
}

/** The first thread's part of a phase: offers the chunks, helps, and waits until all are done or a thread counts as dead. */
export function emitShared(
  code: Code,
  phase: number,
  count: number,
  functions: { help: number; finish: number },
): void {
  store(code, DONE, 0);
  offer(code, phase, count);
  code.call(functions.help);
  code.call(functions.finish);
  load(code, FAILED);
  code.returnIf();
}

/** Ends the run for the other threads. */
export function emitEnd(code: Code): void {
  offer(code, 0, 0);
}

/** `finish`: waits until all chunks are done. Sets FAILED if a thread has not finished its chunk within `timeout` milliseconds. */
export function emitFinish(timeout: number): Code {
  const code = new Code();
  const left = code.local('i32');
  const ticket = code.local('i32');
  const done = code.local('i32');
  load(code, TICKET);
  code.set(ticket);
  const returnIfDone = (): void => {
    load(code, DONE);
    code.set(done);
    code.get(done);
    pushChunks(code, ticket);
    code.i32Eq();
    code.returnIf();
  };
  code.i32Const(SPINS);
  code.set(left);
  code.repeatWhile(() => {
    returnIfDone();
    countDown(code, left);
  });
  code.i32Const(WAITS);
  code.set(left);
  code.repeatWhile(() => {
    returnIfDone();
    load(code, FAILED);
    code.returnIf();
    wait(code, DONE, done, timeout / WAITS);
    countDown(code, left);
  });
  returnIfDone();
  store(code, FAILED, 1);
  return code;
}

/** `serve`: what every other thread does during a run. If it comes late or leaves early, the others do its work. */
export function emitServe(help: number): Code {
  const code = new Code();
  const seen = code.local('i32');
  const left = code.local('i32');
  code.repeatWhile(() => {
    code.call(help);
    load(code, TICKET);
    code.set(seen);
    pushPhase(code, seen);
    code.i32Eqz();
    code.returnIf();
    code.i32Const(SPINS);
    code.set(left);
    code.repeatWhile(() => {
      load(code, TICKET);
      code.i32Const(16);
      code.i32ShrU();
      pushPhase(code, seen);
      code.i32Eq();
      countDown(code, left);
      code.i32Eqz();
      code.i32Eqz();
      code.i32And();
    });
    code.get(left);
    code.i32Eqz();
    code.when(() => wait(code, TICKET, seen, WAIT));
    code.i32Const(1);
  });
  return code;
}

/** Marks the beginning of a run, from JavaScript, before the other threads are woken. */
export function openRun(words: Int32Array): void {
  Atomics.store(words, TICKET / 4, OPENING << 16);
}

/** Marks a step as failed, from JavaScript, and wakes the first thread if it is waiting for this one. */
export function failStep(memory: WebAssembly.Memory): void {
  const words = new Int32Array(memory.buffer);
  Atomics.store(words, FAILED / 4, 1);
  Atomics.notify(words, DONE / 4);
}

export function hasFailed(words: Int32Array): boolean {
  return Atomics.load(words, FAILED / 4) !== 0;
}

function offer(code: Code, phase: number, count: number): void {
  store(code, TICKET, (phase << 16) | (count << 8));
  notify(code, TICKET);
}

function pushPhase(code: Code, ticket: number): void {
  code.get(ticket);
  code.i32Const(16);
  code.i32ShrU();
}

function pushChunks(code: Code, ticket: number): void {
  code.get(ticket);
  code.i32Const(8);
  code.i32ShrU();
  code.i32Const(255);
  code.i32And();
}

function whenEqual(code: Code, local: number, value: number, body: () => void): void {
  code.get(local);
  code.i32Const(value);
  code.i32Eq();
  code.when(body);
}

function load(code: Code, address: number): void {
  code.i32Const(0);
  code.atomicLoad(address);
}

function store(code: Code, address: number, value: number): void {
  code.i32Const(0);
  code.i32Const(value);
  code.atomicStore(address);
}

/** Adds 1; leaves the old value. */
function add(code: Code, address: number): void {
  code.i32Const(0);
  code.i32Const(1);
  code.atomicAdd(address);
}

/** Wakes all threads that wait on a word. */
function notify(code: Code, address: number): void {
  code.i32Const(0);
  code.i32Const(-1);
  code.atomicNotify(address);
  code.drop();
}

function wait(code: Code, address: number, expected: number, milliseconds: number): void {
  code.i32Const(0);
  code.get(expected);
  code.i64Const(BigInt(Math.ceil(milliseconds * 1e6)));
  code.atomicWait(address);
  code.drop();
}

/** Decrements a local and leaves its value. */
function countDown(code: Code, left: number): void {
  code.get(left);
  code.i32Const(1);
  code.i32Sub();
  code.tee(left);
}

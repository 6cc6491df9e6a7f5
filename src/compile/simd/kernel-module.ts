/**
 * Loads the built kernels. Whether a module imports shared memory is a flag in its import section, which is set here, so that
 * one binary serves both kinds of memory.
 */
import { kernelBinaries } from './kernels.generated.ts';
import type { Kernels } from './kernel-exports.ts';
import { readUnsigned } from './leb128.ts';

/** `exact`: the same bits everywhere. `fast`: relaxed-SIMD multiply-add, whose last bits depend on the machine. */
export type KernelBuild = keyof typeof kernelBinaries;

const modules = new Map<string, WebAssembly.Module>();

/** The module, which imports `env.memory` with a `maximum`. Compiled once per thread, build and kind of memory. */
export function kernelModule(build: KernelBuild, shared: boolean): WebAssembly.Module {
  const key = `${build} ${shared}`;
  let module = modules.get(key);
  if (!module) {
    module = new WebAssembly.Module(kernelBinary(build, shared));
    modules.set(key, module);
  }
  return module;
}

/** The kernels on a memory. */
export function instantiateKernels(build: KernelBuild, memory: WebAssembly.Memory): Kernels {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const instance = new WebAssembly.Instance(kernelModule(build, shared), { env: { memory } });
  return instance.exports as unknown as Kernels;
}

/** The smallest module that needs SIMD: a function of `i8x16.popcnt (i8x16.splat 0)`. */
const SIMD_PROBE = Uint8Array.from(atob('AGFzbQEAAAABBQFgAAF7AwIBAAoKAQgAQQD9D/1iCw=='), (character) =>
  character.charCodeAt(0),
);

/** Whether this engine runs the `exact` build, as Chrome 91, Firefox 89 and Safari 16.4 were the first to do. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

/** Whether this engine runs the `fast` build. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(kernelBinary('fast', false));
}

function kernelBinary(build: KernelBuild, shared: boolean): Uint8Array<ArrayBuffer> {
  const binary = Uint8Array.from(atob(kernelBinaries[build]), (character) => character.charCodeAt(0));
  binary[memoryFlagsOffset(binary)] = shared ? HAS_MAXIMUM | SHARED : HAS_MAXIMUM;
  return binary;
}

const HAS_MAXIMUM = 1;
const SHARED = 2;
const IMPORT_SECTION = 2;
const MEMORY_IMPORT = 2;

/** The offset of the imported memory's limits (Core Specification 2.0, 5.5.5). */
function memoryFlagsOffset(binary: Uint8Array): number {
  let at = 8;
  while (binary[at] !== IMPORT_SECTION) {
    const size = readUnsigned(binary, at + 1);
    at = size.next + size.value;
  }
  const count = readUnsigned(binary, readUnsigned(binary, at + 1).next);
  const module = readUnsigned(binary, count.next);
  const name = readUnsigned(binary, module.next + module.value);
  const kind = name.next + name.value;
  if (count.value !== 1 || binary[kind] !== MEMORY_IMPORT)
    throw new Error('kernels.generated.ts: expected a module that imports a memory and nothing else');
  return kind + 1;
}

/** The committed kernel module: made from the sources as they are, exporting what the signature table says, on either memory. */
import { describe, expect, test } from 'vitest';
import { kernelNames, kernelSignature, UnaryFunction } from '#compile/simd/kernel-exports.ts';
import { hasRelaxedSimd, instantiateKernels, kernelModule } from '#compile/simd/kernel-module.ts';
import { kernelBinaries, kernelDigest } from '#compile/simd/kernels.generated.ts';
import { useRelaxedSimd } from '#tests/relaxed-simd.ts';
import { kernelSourceDigest } from '../../scripts/kernel-digest.ts';

test('the module was built from these sources (else: npm run build:kernels)', async () => {
  expect(kernelDigest).toBe(await kernelSourceDigest());
});

test.each(['exact', 'fast'] as const)('the %s module has the types of the signature table', (build) => {
  const types = exportTypes(Uint8Array.from(atob(kernelBinaries[build]), (c) => c.charCodeAt(0)));
  expect([...types.keys()].toSorted()).toEqual([...kernelNames].toSorted());
  for (const name of kernelNames) {
    const { params, result } = kernelSignature(name);
    expect(types.get(name), name).toBe(`${params.map(({ type }) => type).join(' ')} -> ${result ?? ''}`);
  }
});

test('the module imports its memory and nothing else', () => {
  expect(WebAssembly.Module.imports(kernelModule('exact', false))).toEqual([
    { module: 'env', name: 'memory', kind: 'memory' },
  ]);
  expect(kernelModule('exact', false)).toBe(kernelModule('exact', false));
});

test.each([false, true])('it runs on a memory (shared: %s)', (shared) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
  const kernels = instantiateKernels('exact', memory);
  kernels.unary(UnaryFunction.exp, 128, 64, 3);
  expect([...new Float32Array(memory.buffer, 64, 4)]).toEqual([1, 1, 1, 0]);
});

describe('the fast build', () => {
  useRelaxedSimd();

  test('agrees with the exact one to rounding', () => {
    expect(hasRelaxedSimd()).toBe(true);
    const results = (['exact', 'fast'] as const).map((build) => {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
      const floats = new Float32Array(memory.buffer);
      for (let i = 256; i < 1024; i++) floats[i] = Math.sin(i);
      const [a, b, out, scratch] = [1024, 2048, 4096, 8192];
      instantiateKernels(build, memory).matmul(a, b, out, 9, 13, 17, 17, 13, 13, 0, 0, scratch);
      return floats.slice(out / 4, out / 4 + 9 * 13);
    });
    for (let i = 0; i < 9 * 13; i++) expect(results[1][i]).toBeCloseTo(results[0][i], 5);
  });
});

/** Names and types of the exported functions, read from the binary (WebAssembly core specification, chapter 5). */
function exportTypes(binary: Uint8Array): Map<string, string> {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const vector = <T>(read: () => T): T[] => Array.from({ length: number() }, read);
  const valueType = (): string => {
    const names: Record<number, string> = { 0x7f: 'i32', 0x7d: 'f32', 0x7b: 'v128' };
    return names[binary[at++]] ?? 'another type';
  };
  let types: string[] = [];
  let functions: number[] = [];
  const exported = new Map<string, string>();
  while (at < binary.length) {
    const section = binary[at++];
    const end = number() + at;
    if (section === 1)
      types = vector(() => {
        at++;
        return `${vector(valueType).join(' ')} -> ${vector(valueType).join(' ')}`;
      });
    else if (section === 3) functions = vector(number);
    else if (section === 7)
      vector(() => {
        const name = String.fromCharCode(...vector(() => binary[at++]));
        at++;
        exported.set(name, types[functions[number()]]);
      });
    at = end;
  }
  return exported;
}

/** Relaxed SIMD, which Node 20 has behind a flag and later versions by default. */
import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll } from 'vitest';
import { hasRelaxedSimd } from '#compile/simd/kernel-module.ts';

/** For the tests of the block or file that calls it; the others have it only where it needs no flag. */
export function useRelaxedSimd(): void {
  const needsFlag = !hasRelaxedSimd();
  beforeAll(() => {
    if (needsFlag) setFlagsFromString('--experimental-wasm-relaxed-simd');
  });
  afterAll(() => {
    if (needsFlag) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
  });
}

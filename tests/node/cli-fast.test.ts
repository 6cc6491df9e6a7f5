/** `--backend simd-fast` in the Node that runs the tests: later versions than 20 have relaxed SIMD, 20 has it behind a flag. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasRelaxedSimd } from '#compile/simd/kernel-module.ts';
import { ludus, temporaryFolder } from './ludus.ts';

const train = ['train', 'catch', '--agent', 'dqn', '--steps', '3000', '--backend', 'simd-fast', '--json'];

describe('training with fused multiply-add', () => {
  it.runIf(hasRelaxedSimd())('learns to catch', async () => {
    const { code, stderr, lines } = await ludus(...train, '--out', join(temporaryFolder(), 'run'));
    expect([code, stderr]).toEqual([0, '']);
    expect(lines[0]['backend']).toBe('simd-fast');
    // One who always catches gets 1, a random player -0.6.
    expect(lines.find(({ kind }) => kind === 'evaluation')?.['mean']).toBeGreaterThan(0.5);
  });

  it.skipIf(hasRelaxedSimd())('is refused where it does not work, and the line says why', async () => {
    const { code, stderr } = await ludus(...train);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^backend: .*simd-fast.*this engine has no relaxed SIMD, as Node has from version 21 on/,
    );
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, temporaryFolder } from './ludus.ts';

/** DQN whose first gradient step overflows 32 bits. */
const train = ['train', 'cart-pole', '--agent', 'dqn', '--reward', 'step=1e38', '--json'];

describe('ludus train of a run that diverges', () => {
  it('stops at its last good checkpoint, says where and why, and evaluates nothing', async () => {
    const out = join(temporaryFolder(), 'run');
    const begun = await ludus(...train, '--steps', '800', '--episodes', '0', '--out', out);
    expect(begun.code).toBe(0);
    const checkpoint = readFileSync(join(out, 'checkpoint.ludus'));

    const { code, lines, stderr } = await ludus('train', '--resume', out, '--steps', '3000', '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^dqn on cart-pole, step 10\d\d: training has diverged, train\/\S+ is (NaN|Infinity)\. Try /m,
    );
    expect(stderr).toContain('learningRate');
    expect(lines.at(-1)).toMatchObject({ kind: 'diverged', saved: 800, out });
    expect(lines.map(({ kind }) => kind)).not.toContain('evaluation');
    expect(existsSync(join(out, 'evaluation.json'))).toBe(false);
    expect(readFileSync(join(out, 'checkpoint.ludus'))).toEqual(checkpoint);
    expect((await decodeCheckpoint(new Uint8Array(checkpoint))).steps).toBe(800);
  });

  it('says so where there is no checkpoint yet, and keeps the record', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, lines } = await ludus(...train, '--steps', '3000', '--out', out);
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ kind: 'diverged', saved: null });
    expect(existsSync(join(out, 'checkpoint.ludus'))).toBe(false);
    expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8')).toContain('episode/return');
  });
});

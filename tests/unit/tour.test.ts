/** The tour's pure parts: what is kept between visits, and verdicts that go the other way. */
import { describe, expect, it } from 'vitest';
import * as experiments from '#ui/classifier/tour/experiments.ts';
import { CONTENT, LESSONS } from '#ui/classifier/tour/lessons.ts';
import { keepProgress, readProgress } from '#ui/state/progress.ts';
import type { Kept } from '#ui/state/kept.ts';

function storage(content: string | null = null): Kept & { content: string | null } {
  return {
    content,
    getItem() {
      return this.content;
    },
    setItem(_, value) {
      this.content = value;
    },
  };
}

function denied(): never {
  throw new Error('SecurityError');
}

function row(x: number, test: number): experiments.Reading {
  return { x, train: 0, test };
}

const KEY = 'ludus.tour';
const NONE = { open: 'perceptron', done: [], steps: {} } as const;

describe('progress', () => {
  it('is kept', () => {
    const kept = storage();
    const progress = {
      open: 'overfitting',
      done: ['perceptron', 'logistic'],
      steps: { logistic: 2 },
    } as const;
    keepProgress(KEY, progress, () => kept);
    expect(readProgress(KEY, LESSONS, () => kept)).toEqual(progress);
  });

  it.each([
    null,
    'not JSON',
    '7',
    '{"open":"gone","done":"perceptron"}',
    '{"done":[1,null,"gone"],"steps":{"logistic":-1,"gone":1,"overfitting":"2"}}',
  ])('begins anew with %s', (content) => {
    expect(readProgress(KEY, LESSONS, () => storage(content))).toEqual(NONE);
  });

  it('does without a storage', () => {
    expect(readProgress(KEY, LESSONS, denied)).toEqual(NONE);
    expect(() => keepProgress(KEY, { ...NONE, open: 'logistic' }, denied)).not.toThrow();
  });
});

describe('verdicts', () => {
  it('follow what was measured, not what was expected', () => {
    expect(experiments.perceptronVerdict([0, 0, 0]).answer).toBe(0);
    expect(experiments.linearLayersVerdict([0.5, 0.95, 1]).answer).toBe(0);
    expect(experiments.convolutionVerdict([0.7, 0.72]).answer).toBe(1);
    expect(experiments.convolutionVerdict([0.9, 0.7]).answer).toBe(0);
    expect(experiments.overfittingVerdict([row(1, 2), row(2, 1)], []).answer).toBe(0);
    expect(experiments.overfittingVerdict([row(1, 2), row(2, 1.95)], []).answer).toBe(2);
    expect(experiments.descentVerdict([row(1, 3), row(2, 2), row(4, 1)]).answer).toBe(0);
    expect(experiments.descentVerdict([row(1, 2), row(2, 1), row(4, 3)]).answer).toBe(1);
    expect(experiments.adversarialVerdict([1, 1, 1, 0.95, 0, 0, 0]).answer).toBe(0);
    expect(experiments.adversarialVerdict([1, 1, 1, 0.7, 0, 0, 0]).answer).toBe(1);
  });

  it('tell a straight border from a bent one', () => {
    const side = 8;
    const map = (of: (x: number, y: number) => number): Float32Array =>
      Float32Array.from({ length: side * side }, (_, k) => of((k % side) - 3.5, Math.floor(k / side) - 3.5));
    expect(
      experiments.logisticVerdict(
        map((x, y) => x + 2 * y - 1),
        side,
      ).answer,
    ).toBe(0);
    expect(
      experiments.logisticVerdict(
        map((x, y) => x * x + y * y - 6),
        side,
      ).answer,
    ).toBe(2);
  });
});

it('every lesson asks one question with three answers', () => {
  expect(Object.keys(CONTENT)).toEqual([...LESSONS]);
  for (const { question, answers } of Object.values(CONTENT)) {
    expect(question).toMatch(/\?$/);
    expect(new Set(answers).size).toBe(3);
  }
});

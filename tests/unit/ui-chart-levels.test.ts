import { describe, expect, it } from 'vitest';
import { labelled } from '#ui/parts/chart-drawing.ts';

const TOP = 10;
const line = (said: string, y: number) => ({ said, y });

describe('names of levels', () => {
  it('keep to their own lines', () => {
    expect(labelled([line('random', 120), line('solved', 60)], TOP, 1)).toEqual([
      { said: 'solved', y: 60, side: 'above', beside: false },
      { said: 'random', y: 120, side: 'above', beside: false },
    ]);
  });

  it('stand below a line at the top', () => {
    expect(labelled([line('optimum', 12)], TOP, 1)).toMatchObject([{ y: 12, side: 'below' }]);
  });

  it('are in one row outside of lines that are close, so that none seems to name the other', () => {
    expect(labelled([line('solved', 26), line('optimum', 20)], TOP, 1)).toEqual([
      { said: 'optimum', y: 26, side: 'below', beside: false },
      { said: 'solved', y: 26, side: 'below', beside: true },
    ]);
    expect(labelled([line('random', 120), line('your best', 114)], TOP, 1)).toEqual([
      { said: 'your best', y: 114, side: 'above', beside: false },
      { said: 'random', y: 114, side: 'above', beside: true },
    ]);
  });

  it('stand beside each other where they would overlap', () => {
    expect(labelled([line('optimum', 20), line('solved', 45)], TOP, 1)).toMatchObject([
      { y: 20, side: 'below' },
      { y: 45, side: 'above', beside: true },
    ]);
  });

  it('need as much room as the pixels of the screen make of them', () => {
    const lines = [line('a', 100), line('b', 120)];
    expect(labelled(lines, TOP, 1).map(({ y }) => y)).toEqual([100, 120]);
    expect(labelled(lines, TOP, 2).map(({ y }) => y)).toEqual([100, 100]);
  });
});

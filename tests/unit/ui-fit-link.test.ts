/** The link of the classifier's room. */
import { describe, expect, test } from 'vitest';
import { fromFitLink, isFitLink, toFitLink, type FitLink } from '#ui/classifier/state/fit-link.ts';

describe('a link', () => {
  test('holds the whole request and comes back the same', () => {
    const link: FitLink = {
      tab: 'draw',
      request: {
        data: 'mnist',
        model: 'cnn',
        seed: '7',
        dataConfig: { trainLimit: '5000' },
        augment: { shift: '2' },
        config: { learningRate: '0.01', network: '[{"kind":"dense","units":8}]' },
      },
      play: [
        ['data', 'spiral'],
        ['hidden', '8,4'],
      ],
      backend: 'simd',
      hide: ['preset', 'seed'],
      paused: true,
    };
    const address = toFitLink(link);
    expect(isFitLink(`#${address}`)).toBe(true);
    expect(fromFitLink(`#${address}`)).toEqual({ ...link, problems: [] });
    expect(isFitLink('#world=taxi')).toBe(false);
  });

  test('reports unknown names and values', () => {
    const { problems, tab, hide } = fromFitLink('#room=classifier&tab=bath&dta=mnist&hide=seed,preste');
    expect(problems.map(({ field }) => field).sort()).toEqual(['dta', 'hide', 'tab']);
    expect(problems.find(({ field }) => field === 'hide')).toEqual({
      field: 'hide',
      expected: 'a known name (near: preset)',
      got: '"preste"',
    });
    expect([tab, hide]).toEqual(['train', ['seed']]);
  });
});

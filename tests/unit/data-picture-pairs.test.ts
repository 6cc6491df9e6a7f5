/** Which pair of pictures and labels is to learn from: as the names say, else the larger one. */
import { describe, expect, it } from 'vitest';
import { given, idx, load, refusal } from './idx-files.ts';

describe('pictures with as many to test on as to learn from', () => {
  const images = [idx([2, 1, 1], [10, 20]), idx([2, 1, 1], [30, 40])] as const;
  const answers = [idx([2], [0, 1]), idx([2], [1, 0])] as const;
  const four = (names: readonly string[]) => [
    given(names[0], images[0]),
    given(names[1], images[1]),
    given(names[2], answers[0]),
    given(names[3], answers[1]),
  ];

  it.each([
    [
      [
        'train-images-idx3-ubyte',
        't10k-images-idx3-ubyte',
        'train-labels-idx1-ubyte',
        't10k-labels-idx1-ubyte',
      ],
    ],
    [['my test/Train.idx', 'my test/other.idx', 'my test/train.labels', 'my test/other.labels']],
    [['a.gz', 'TEST.gz', 'b.gz', 'TEST-labels.gz']],
  ])('are told apart by their names, in any order: %j', async (names) => {
    const files = four(names);
    for (const order of [files, files.toReversed()]) {
      const { train, test } = await load(order);
      expect([[...train.inputs], [...train.targets]]).toEqual([
        [10, 20],
        [0, 1],
      ]);
      expect([[...test.inputs], [...test.targets]]).toEqual([
        [30, 40],
        [1, 0],
      ]);
    }
  });

  it.each([
    [['a', 'b', 'c', 'd'], 'a and b'],
    [['train', 't10k', 'c', 'd'], 'c and d'],
    [['my test/a', 'my test/b', 'c', 'd'], 'my test/a and my test/b'],
    [['train-1', 'train-2', 'c', 'd'], 'train-1 and train-2'],
  ])('are refused by the names of both where those say nothing: %j', async (names, both) => {
    expect(await refusal(load(four(names)))).toBe(
      `${both}: expected train and test (or t10k) in their names, which tell equally many examples apart, got 2 in both`,
    );
  });
});

it('pictures have more to test on than to learn from if their names say so', async () => {
  const set = await load([
    given('train-images', idx([2, 1, 1])),
    given('test-images', idx([3, 1, 1])),
    given('x', idx([3], [0, 1, 1])),
    given('y', idx([2], [1, 0])),
  ]);
  expect([[...set.train.targets], [...set.test.targets]]).toEqual([
    [1, 0],
    [0, 1, 1],
  ]);
});

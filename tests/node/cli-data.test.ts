import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

const folder = temporaryFolder();
const table = join(folder, 'table.csv');
writeFileSync(table, 'size,kind\n1,pear\n2,apple\n3,pear\n4,apple\n');

describe('ludus data', () => {
  it('lists the data sets with their licences', async () => {
    const { code, lines } = await ludus('data');
    expect(code).toBe(0);
    expect(lines.map(({ id }) => id)).toEqual(expect.arrayContaining(['mnist', 'iris', 'spiral', 'csv']));
    for (const { attribution } of lines)
      expect(attribution).toMatchObject({ licence: expect.stringMatching(/./) as string });
  });

  it('counts the examples of one, and of each class', async () => {
    const { code, lines } = await ludus('data', 'mnist', '--json');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({
      shape: [28, 28, 1],
      train: { count: 60_000, classes: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949] },
      test: { count: 10_000 },
      attribution: { licence: 'CC BY-SA 3.0' },
    });
  });

  it.each([
    ['a file', [table]],
    ['a folder', [folder]],
  ])('reads %s of the user', async (_, paths) => {
    const { code, lines } = await ludus('data', 'csv', '--from', ...paths);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({
      task: { kind: 'classes', names: ['apple', 'pear'] },
      features: ['size'],
    });
  });

  it('describes a data set whose files it was not given', async () => {
    const { code, lines } = await ludus('data', 'fashion-mnist');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ takes: expect.stringContaining('IDX files') as string });
    expect(lines[0]).not.toHaveProperty('train');
  });

  it.each([
    ['an unknown set', ['mnits'], 'set: expected a known name (near: mnist'],
    [
      'an unknown setting',
      ['iris', '--set', 'sed=2'],
      'data.sed: expected a known name (near: seed), got an unknown field',
    ],
    [
      'a file that is not there',
      ['csv', '--from', 'nowhere.csv'],
      '--from: expected an existing file or folder, got nowhere.csv',
    ],
    ['a file of another kind', ['idx', '--from', table], 'table.csv: expected an IDX file of pictures'],
  ])('refuses %s with exit code 2 and one line', async (_, args, message) => {
    const { code, stderr } = await ludus('data', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

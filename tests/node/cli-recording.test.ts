/** Recordings by the real command line: of play and of evaluations, appended to, interrupted and replayed. */
import { appendFileSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ludus, start, temporaryFolder } from './ludus.ts';

const folder = temporaryFolder();
const [down, right] = ['\u001b[B', '\u001b[C'];
/** To the goal, an episode abandoned with Backspace, and one abandoned by quitting. */
const keys = `${down}${down}${right}${right}${down}${right}${right}\u007f${down}q`;

async function record(file: string, ...more: readonly string[]): ReturnType<typeof ludus> {
  const args = ['play', 'frozen-lake', '--world', 'slippery=false', '--record', file, ...more];
  return start(args, keys).finished;
}

function lines(file: string): readonly Record<string, unknown>[] {
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function sorted(values: unknown): readonly number[] {
  return (values as number[]).toSorted((a, b) => a - b);
}

describe('ludus play --record', () => {
  it('keeps every episode, adds to a file of the same world, and replays it', async () => {
    const file = join(folder, 'play.jsonl');
    expect((await record(file)).code).toBe(0);
    expect((await record(file)).stderr).toBe(`${file}: episodes added: 3\n`);
    const [header, ...episodes] = lines(file);
    expect(header).toMatchObject({ world: 'frozen-lake', version: 1, params: { slippery: false } });
    const ends = [
      { return: 1, end: 'terminated', actions: [1, 1, 2, 2, 1, 2] },
      { return: 0, end: 'cut', actions: [2] },
      { return: 0, end: 'cut', actions: [1] },
    ];
    expect(episodes).toMatchObject([...ends, ...ends]);
    const played = await ludus('replay', file);
    expect(played.code).toBe(0);
    expect(played.lines).toHaveLength(6);
    expect(played.lines[3]).toEqual({
      episode: 4,
      world: 'frozen-lake',
      player: 'human',
      return: 1,
      length: 6,
      end: 'terminated',
    });
    expect((await ludus('replay', file, '--episode', '2')).lines).toMatchObject([{ episode: 2, length: 1 }]);
  });

  it('keeps what was played when it is stopped, and repairs an incomplete file', async () => {
    const file = join(folder, 'stopped.jsonl');
    const running = start(['play', 'frozen-lake', '--world', 'slippery=false', '--record', file], null);
    running.child.stdin?.write(`${right}${right}`);
    await running.printed('"step":2');
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect(lines(file)[1]).toMatchObject({ end: 'cut', actions: [2, 2] });
    appendFileSync(file, '{"player":"hand","start":[1,');
    expect(await ludus('replay', file)).toMatchObject({
      code: 2,
      stderr: 'recording.line 3: expected a whole line, got one that is cut off\n',
    });
    expect((await record(file)).stderr).toContain('removed its incomplete last line');
    expect(lines(file)).toHaveLength(5);
    expect((await ludus('replay', file)).code).toBe(0);
  });
});

describe('ludus evaluate --record', () => {
  it('keeps exactly the episodes that count', async () => {
    const out = join(folder, 'run');
    const file = join(folder, 'agent.jsonl');
    await ludus(
      'train',
      'cart-pole',
      '--agent',
      'reinforce',
      '--steps',
      '500',
      '--episodes',
      '0',
      '--out',
      out,
    );
    const { lines: evaluated } = await ludus('evaluate', out, '--episodes', '13', '--record', file);
    const played = await ludus('replay', file);
    expect(played.stderr).toBe('');
    expect(sorted(played.lines.map((line) => line['return']))).toEqual(sorted(evaluated[0]['returns']));
    expect(played.lines.map((line) => line['player'])).toEqual(Array.from({ length: 13 }, () => 'reinforce'));
  });
});

describe('ludus train --demonstrations', () => {
  it('clones human play, and resumes without the file', async () => {
    const file = join(folder, 'shown.jsonl');
    const out = join(folder, 'clone');
    await record(file);
    const world = ['frozen-lake', '--world', 'slippery=false'];
    const train = ['train', ...world, '--agent', 'bc', '--demonstrations', file, '--set', 'heldOut=0'];
    const { lines: said, code } = await ludus(...train, '--steps', '300', '--episodes', '3', '--out', out);
    expect(code).toBe(0);
    expect(said[0]).toMatchObject({ agent: 'bc', demonstrations: '3 episodes', unit: 'examples' });
    // One episode reached the goal; of the two abandoned after a step, one starts like it and one does not.
    expect(said.find(({ kind }) => kind === 'evaluation')).toMatchObject({ mean: 1 });
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))).toMatchObject({
      demonstrations: '3 episodes',
    });
    unlinkSync(file);
    const more = await ludus('train', '--resume', out, '--steps', '400', '--episodes', '0');
    expect(more).toMatchObject({ code: 0, stderr: '' });
    // Progress is in examples: 400 gradient steps on batches of two.
    expect(more.lines.at(-1)).toMatchObject({ kind: 'done', step: 800 });
  });
});

describe('wrong use: exit 2 and a line that names the field', () => {
  const file = join(folder, 'good.jsonl');
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'my notes');
  beforeAll(async () => {
    await record(file);
  });

  it.each([
    [
      'another world',
      ['play', 'bandit', '--record', file],
      'recording.world: expected "frozen-lake", as recorded, got "bandit"',
    ],
    [
      'other parameters',
      ['play', 'frozen-lake', '--record', file],
      'world.slippery: expected false, as recorded, got true',
    ],
    [
      'a file that is no recording',
      ['play', 'bandit', '--record', notes],
      'recording.line 1: expected a whole line',
    ],
    ['no file', ['replay', join(folder, 'none')], 'file: expected a recording'],
    ['a folder', ['replay', folder], 'file: expected a recording'],
    [
      'an episode that is not there',
      ['replay', file, '--episode', '9'],
      '--episode: expected a number from 1 to 3, got 9',
    ],
    ['a picture in a pipe', ['replay', file, '--watch'], '--watch: expected a terminal to draw in'],
  ])('%s', async (_, args, message) => {
    const finished = await ludus(...args);
    expect(finished.stderr).toContain(message);
    expect(finished.code).toBe(2);
    expect(readFileSync(notes, 'utf8')).toBe('my notes');
  });

  it('a return that is not reproduced', async () => {
    const wrong = join(folder, 'wrong.jsonl');
    await record(wrong);
    const unchecked = readFileSync(wrong, 'utf8').replaceAll(/,"check":"\w+"/g, '');
    writeFileSync(wrong, unchecked.replace('"return":1', '"return":2'));
    expect(await ludus('replay', wrong)).toMatchObject({
      code: 2,
      stderr: 'recording.episode 1: expected a return of 2, as recorded, got 1\n',
    });
  });
});

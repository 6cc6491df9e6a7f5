import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

const train = ['train', 'frozen-lake', '--agent', 'q-learning'];
const folder = temporaryFolder();
const notes = join(folder, 'notes.txt');
writeFileSync(notes, 'not a checkpoint');

describe('wrong use: exit 2 and one line that names the field', () => {
  it.each([
    ['an unknown command', ['trian'], 'command: expected a known name (near: train), got "trian"'],
    [
      'an unknown command with --help',
      ['trian', '--help'],
      'command: expected a known name (near: train), got "trian"',
    ],
    [
      'help of an unknown command',
      ['help', 'trian'],
      'command: expected a known name (near: train), got "trian"',
    ],
    [
      'an unknown flag instead of a command',
      ['--verbose'],
      'option: expected one of --version, --help, got "--verbose"',
    ],
    [
      'an unknown world',
      ['envs', 'frozenlake'],
      'world: expected a known name (near: frozen-lake), got "frozenlake"',
    ],
    [
      'an unknown world to play',
      ['play', 'chess'],
      'world: expected a known name (see `ludus envs`), got "chess"',
    ],
    ['an unknown agent', ['agents', 'qlearning'], 'agent: expected a known name (near: q-learning'],
    [
      'an unknown flag',
      [...train, '--sede', '3'],
      'option: expected a known name (near: --set, --seed), got "--sede"',
    ],
    [
      'a flag of another command',
      ['envs', '--steps', '3'],
      'option: expected one of --json, --help, got "--steps"',
    ],
    ['a missing value', [...train, '--seed', '--json'], '--seed: expected a value <n>, got nothing'],
    ['a missing value at the end', [...train, '--seed'], '--seed: expected a value <n>, got nothing'],
    [
      'a repeated flag',
      [...train, '--seed', '1', '--seed', '2'],
      '--seed: expected one value, got "1" and "2"',
    ],
    [
      'a repeated flag in both forms',
      [...train, '--steps=10', '--steps', '20'],
      '--steps: expected one value, got "10" and "20"',
    ],
    [
      'a pair without its value',
      [...train, '--reward'],
      '--reward: expected a value <term=weight>, got nothing',
    ],
    ['a switch with a value', [...train, '--json=yes'], '--json: expected no value, got "yes"'],
    ['one argument too many', [...train, 'fast'], 'arguments: expected only world, got "fast"'],
    ['no world', ['train', '--agent', 'q-learning'], 'world: expected a world id'],
    [
      'no checkpoint',
      ['evaluate'],
      'checkpoint: expected a checkpoint file or a run folder; with --weights, a data set id, or, with --agent too, a world id, got nothing',
    ],
    [
      'steps that are no number',
      [...train, '--steps', 'many'],
      '--steps: expected a whole number from 1 to 1000000000000000, got "many"',
    ],
    ['a negative seed', [...train, '--seed=-1'], 'seed: expected a whole number from 0'],
    [
      'a negative seed as a word of its own',
      [...train, '--seed', '-1'],
      'seed: expected a whole number from 0',
    ],
    [
      'negative steps',
      [...train, '--steps', '-5'],
      '--steps: expected a whole number from 1 to 1000000000000000, got "-5"',
    ],
    [
      'more episodes than can be kept',
      ['evaluate', notes, '--episodes', '1e10'],
      '--episodes: expected a whole number from 1 to 1000000, got "1e10"',
    ],
    [
      'threads in words',
      [...train, '--threads', 'many'],
      '--threads: expected auto or a whole number from 1 to 32, got "many"',
    ],
    [
      'a backend that Node does not have',
      [...train, '--backend', 'webgl'],
      'webgl, which does not work here: there is no canvas, as in Node',
    ],
    [
      'a world to evaluate without weights',
      ['evaluate', 'cart-pole', '--agent', 'dqn'],
      '--weights: expected the weights of dqn, or a checkpoint instead of cart-pole, got nothing',
    ],
    [
      'a benchmark of nothing',
      ['bench', 'worlds', '--only', 'nothing'],
      '--only: expected part of the name of a row, got "nothing"',
    ],
    [
      'results of nothing',
      ['bench', 'agents', '--results', folder, '--only', 'nothing'],
      '--only: expected part of the name of a row, e.g. "',
    ],
    [
      'a checkpoint below a file',
      ['evaluate', join(notes, 'checkpoint.ludus')],
      'notes.txt/checkpoint.ludus": ENOTDIR: not a directory',
    ],
    ['an unknown setting', [...train, '--set', 'gama=1'], 'agent.gama: expected a known name (near: gamma'],
    [
      'a setting out of range',
      [...train, '--set', 'gamma=7'],
      'agent.gamma: expected a number from 0 to 1, got 7',
    ],
    ['a setting without a value', [...train, '--set', 'gamma'], '--set: expected key=value, got "gamma"'],
    [
      'a setting given twice',
      [...train, '--set', 'gamma=0.9', '--set', 'gamma=0.8'],
      '--set gamma: expected one value, got "0.9" and "0.8"',
    ],
    [
      'a parameter of the world given twice',
      [...train, '--world', 'map=4x4', '--world=map=8x8'],
      '--world map: expected one value, got "4x4" and "8x8"',
    ],
    [
      'a planner with another reward',
      ['train', 'frozen-lake', '--agent', 'value-iteration', '--reward', 'goal=2'],
      'reward.goal: expected 1 for an agent that plans',
    ],
    [
      'a planner without a model',
      ['train', 'snake', '--agent', 'value-iteration'],
      'agent: expected one that can play snake',
    ],
    [
      'cloning without a recording',
      ['train', 'cart-pole', '--agent', 'bc'],
      'demonstrations: expected a recording to learn from',
    ],
    [
      'a recording that is not there',
      ['train', 'cart-pole', '--agent', 'bc', '--demonstrations', join(folder, 'none')],
      '--demonstrations: expected a recording',
    ],
    [
      'a parameter without an effect',
      [...train, '--world', 'size=5'],
      'world.size: expected map=random for it to have an effect, got map=4x4',
    ],
    [
      'a parameter without an effect on human play',
      ['play', 'frozen-lake', '--world', 'rows=["SF","FG"]'],
      'world.rows: expected map=own for it to have an effect, got map=4x4',
    ],
    [
      'a setting without an effect beside a preset',
      [
        'train',
        'cart-pole',
        '--agent',
        'dqn',
        '--preset',
        'rainbow',
        '--set=noisy=false',
        '--set=noisySigma=1',
      ],
      'agent.noisySigma: expected noisy=true for it to have an effect, got noisy=false',
    ],
    [
      'a size at which there is no level',
      [
        'train',
        'minigrid-dynamic-obstacles',
        '--agent',
        'dqn',
        '--world',
        'size=4',
        '--world',
        'obstacles=3',
      ],
      'world.size: expected a whole number from 5 to 64, got 4',
    ],
    ['a wrong parameter', [...train, '--world', 'map=5x5'], 'world.map: expected one of 4x4, 8x8'],
    [
      'an unknown reward term',
      [...train, '--reward', 'gaol=1'],
      'reward.gaol: expected a known name (near: goal',
    ],
    ['an unknown preset', [...train, '--preset', 'fast'], 'preset: expected'],
    ['an unknown backend', [...train, '--backend', 'cuda'], 'backend: expected one of auto'],
    [
      'an agent that cannot play the world',
      ['train', 'cart-pole', '--agent', 'q-learning'],
      'agent: expected one that can play cart-pole (q-learning needs',
    ],
    [
      'results of another suite',
      ['bench', 'worlds', '--results', 'x'],
      '--results: expected a suite: agents, classifier, defaults, sanity, classic, arcade, minigrid',
    ],
    ['seeds without results', ['bench', 'agents', '--seeds', '3'], '--seeds: expected nothing without'],
    ['a worker without a queue', ['worker'], '--queue: expected a value <address>, got nothing'],
    ['an unknown suite', ['bench', 'world'], 'suite: expected a known name (near: worlds), got "world"'],
    [
      'a checkpoint that is not there',
      ['evaluate', join(folder, 'none')],
      'checkpoint: expected a checkpoint file',
    ],
    [
      'a folder without a checkpoint',
      ['evaluate', folder],
      'checkpoint: expected a folder that holds checkpoint.ludus',
    ],
    [
      'a file that is no checkpoint',
      ['evaluate', notes],
      'checkpoint: expected a Ludus checkpoint of format 4 or earlier, got something else',
    ],
    [
      'a resume with other settings',
      ['train', '--resume', notes, '--seed', '3'],
      '--seed: expected nothing with --resume, got "3"',
    ],
    [
      'a file as the run folder',
      [...train, '--out', notes],
      `--out: expected a folder, got "${notes}", a file`,
    ],
    [
      'a folder with other files',
      [...train, '--out', folder],
      '--out: expected a new folder, an empty one or a run folder',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await ludus(...args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names all wrong fields, a line each', async () => {
    const { code, stderr } = await ludus('train', 'frozenlake', '--agent', 'qlearning', '--seed', 'x');
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual(['world', 'agent', 'seed']);
    expect(code).toBe(2);
  });
});

describe('help', () => {
  it('lists the commands', async () => {
    const { code, stdout } = await ludus('--help');
    for (const name of ['train', 'evaluate', 'play', 'envs', 'agents', 'bench'])
      expect(stdout).toContain(name);
    expect(code).toBe(0);
    expect(await ludus()).toMatchObject({ code: 2, stdout: '', stderr: stdout });
  });

  it('prints the version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await ludus('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it("lists a command's flags, wherever --help stands", async () => {
    const { code, stdout } = await ludus('train', 'frozen-lake', '--help');
    for (const flag of ['--agent', '--preset', '--steps', '--seed', '--set', '--reward', '--out', '--resume'])
      expect(stdout).toContain(flag);
    expect(stdout).toMatch(/\(default:\s+100000/);
    expect(stdout).toContain('Examples:');
    expect(code).toBe(0);
    expect(await ludus('help', 'train')).toMatchObject({ code: 0, stdout });
  });
});

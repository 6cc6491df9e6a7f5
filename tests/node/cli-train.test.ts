import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, start, temporaryFolder } from './ludus.ts';

const train = ['train', 'frozen-lake', '--agent', 'q-learning', '--seed', '3', '--json'];

async function checkpointIn(folder: string): Promise<Checkpoint> {
  return decodeCheckpoint(new Uint8Array(readFileSync(join(folder, 'checkpoint.ludus'))));
}

function text(...path: string[]): string {
  return readFileSync(join(...path), 'utf8');
}

describe('ludus train', () => {
  it('trains, evaluates, and keeps config, record and checkpoint', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, lines, stderr } = await ludus(...train, '--steps', '20000', '--out', out);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines.map((line) => line['kind'])).toEqual(['start', 'progress', 'evaluation', 'done']);
    expect(lines[1]).toMatchObject({ step: 20_000 });
    expect(lines[2]).toMatchObject({ episodes: 20 });
    expect(JSON.parse(text(out, 'config.json'))).toMatchObject({
      world: 'frozen-lake',
      agent: 'q-learning',
      seed: 3,
    });
    const record = text(out, 'metrics.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    const episodes = record.filter((row) => 'episode/return' in row);
    expect(text(out, 'episodes.csv').trimEnd().split('\n')).toHaveLength(episodes.length + 1);
    expect(text(out, 'metrics.csv').trimEnd().split('\n')).toHaveLength(record.length - episodes.length + 1);
    expect(text(out, 'metrics.csv')).toMatch(/^step,train\//);
    expect((await checkpointIn(out)).steps).toBe(20_000);
    const again = await ludus('evaluate', out);
    expect(again.lines[0]).toMatchObject({
      mean: lines[2]['mean'],
      returns: lines[2]['returns'],
      step: 20_000,
    });
    const other = await ludus('evaluate', join(out, 'checkpoint.ludus'), '--episodes', '3', '--seed', '9');
    expect(other.lines[0]).toMatchObject({ episodes: 3, seed: 9 });
  });

  it('applies settings, parameters and reward weights', async () => {
    const out = join(temporaryFolder(), 'run');
    const flags = [
      '--set',
      'gamma=0.9',
      '--set',
      'epsilonStart=0.5',
      '--world',
      'slippery=false',
      '--reward',
      'hole=-1',
    ];
    const { code } = await ludus(...train, ...flags, '--steps', '2000', '--episodes', '0', '--out', out);
    expect(code).toBe(0);
    expect(JSON.parse(text(out, 'config.json'))).toMatchObject({
      config: { gamma: 0.9, epsilonStart: 0.5 },
      params: { slippery: false },
      rewards: { goal: 1, hole: -1 },
    });
    expect(existsSync(join(out, 'evaluation.json'))).toBe(false);
    expect(text(out, 'episodes.csv')).toContain(',-1,');
  });

  it('trains the agent that the world starts with where none is given', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code } = await ludus('train', 'taxi', '--steps', '300', '--episodes', '0', '--out', out);
    expect(code).toBe(0);
    expect(JSON.parse(text(out, 'config.json'))).toMatchObject({ agent: 'q-learning', preset: 'taxi' });
  });

  it('resumes from a checkpoint with the same bits as an uninterrupted run', async () => {
    const [whole, parts] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'parts')];
    await ludus(...train, '--steps', '9000', '--episodes', '0', '--out', whole);
    await ludus(...train, '--steps', '4001', '--episodes', '0', '--out', parts);
    const { code, lines } = await ludus('train', '--resume', parts, '--steps', '9000', '--episodes', '0');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ kind: 'start', step: 4001, world: 'frozen-lake' });
    expect(await checkpointIn(parts)).toEqual(await checkpointIn(whole));
    for (const name of ['metrics.jsonl', 'episodes.csv', 'metrics.csv'])
      expect(text(parts, name)).toBe(text(whole, name));
  });

  it('says so when a resumed run has nothing left to train', async () => {
    const out = join(temporaryFolder(), 'run');
    await ludus(...train, '--steps', '300', '--episodes', '0', '--out', out);
    const { code, stderr, lines } = await ludus(
      'train',
      '--resume',
      out,
      '--steps',
      '200',
      '--episodes',
      '1',
    );
    expect(stderr).toBe(
      `--steps 200: nothing is left to train at 300 env steps; train longer with: npm run ludus -- train --resume ${out} --steps <more>\n`,
    );
    expect(lines.at(-1)).toMatchObject({ kind: 'done', step: 300 });
    expect(code).toBe(0);
  });

  it('resumes to the steps that the run was asked for, and says when they are done', async () => {
    const out = join(temporaryFolder(), 'it is');
    const running = start([...train, '--steps', '3e6', '--episodes', '0', '--out', out]);
    await running.saw('start');
    running.child.kill('SIGINT');
    const resume = `npm run ludus -- train --resume '${out}'`;
    expect((await running.finished).lines.at(-1)).toMatchObject({ kind: 'stopped', resume });
    const again = async () => ludus('train', '--resume', out, '--episodes', '0');
    const rest = await again();
    expect(rest).toMatchObject({ code: 0, stderr: '' });
    expect(rest.lines.at(-1)).toMatchObject({ kind: 'done', step: 3e6 });
    expect((await again()).stderr).toBe(
      `the run is complete at 3000000 env steps; train longer with: ${resume} --steps <more>\n`,
    );
  });

  it('resumes a network, its optimizer and its replay buffer, to the byte', async () => {
    const folder = temporaryFolder();
    const dqn = ['train', 'cart-pole', '--agent', 'dqn', '--episodes', '0', '--set', 'learningStarts=200'];
    await ludus(...dqn, '--steps', '1200', '--out', join(folder, 'whole'));
    await ludus(...dqn, '--steps', '601', '--out', join(folder, 'parts'));
    const { code } = await ludus(
      'train',
      '--resume',
      join(folder, 'parts'),
      '--steps',
      '1200',
      '--episodes',
      '0',
    );
    expect(code).toBe(0);
    const [whole, parts] = ['whole', 'parts'].map((name) =>
      readFileSync(join(folder, name, 'checkpoint.ludus')),
    );
    expect(parts.equals(whole)).toBe(true);
    expect(text(folder, 'parts', 'metrics.csv')).toContain('train/loss');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: saves and can be resumed', async (signal, exit) => {
    const out = join(temporaryFolder(), 'run');
    const running = start([...train, '--steps', '1e12', '--out', out]);
    await running.saw('progress');
    running.child.kill(signal);
    // A closing terminal sends it twice.
    if (signal === 'SIGHUP') running.child.kill(signal);
    const { code, lines, stderr } = await running.finished;
    expect(code).toBe(exit);
    expect(stderr).toContain(`${signal}: saving`);
    const stopped = lines.at(-1);
    expect(stopped).toMatchObject({ kind: 'stopped', signal, out });
    expect((await checkpointIn(out)).steps).toBe(stopped?.['step']);
    const more = String(Number(stopped?.['step']) + 10);
    const resumed = await ludus('train', '--resume', out, '--steps', more, '--episodes', '0');
    expect(resumed.code).toBe(0);
    expect((await checkpointIn(out)).steps).toBe(Number(more));
  });

  it('saves checkpoints while it trains', async () => {
    const out = join(temporaryFolder(), 'run');
    const running = start([...train, '--steps', '1e12', '--out', out, '--save-every', '1']);
    await running.saw('progress');
    while (!existsSync(join(out, 'checkpoint.ludus')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    running.child.kill('SIGKILL');
    await running.finished;
    expect((await checkpointIn(out)).steps).toBeGreaterThan(0);
    expect((await ludus('evaluate', out, '--episodes', '1')).code).toBe(0);
  });

  it('moves an earlier run of the same name', async () => {
    const out = join(temporaryFolder(), 'run');
    await ludus(...train, '--steps', '100', '--episodes', '0', '--out', out);
    const first = text(out, 'episodes.csv');
    const second = await ludus(...train, '--steps', '200', '--episodes', '0', '--out', out);
    expect(second.stderr).toContain(`moved the earlier run to ${out}.1`);
    expect(text(`${out}.1`, 'episodes.csv')).toBe(first);
    expect((await checkpointIn(out)).steps).toBe(200);
  });

  it('refuses to evaluate a checkpoint that was cut off', async () => {
    const out = join(temporaryFolder(), 'run');
    await ludus(...train, '--steps', '100', '--episodes', '0', '--out', out);
    const file = join(out, 'checkpoint.ludus');
    writeFileSync(file, readFileSync(file).subarray(0, 300));
    const { code, stderr } = await ludus('evaluate', out);
    expect(stderr).toMatch(
      /^"[^"]*checkpoint\.ludus": checkpoint: expected a whole gzip file, got a file that is cut off or damaged\n$/,
    );
    expect(code).toBe(2);
  });

  it('exits with 1 where the machine, not the user, is at fault', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await ludus(...train, '--steps', '100', '--out', join(file, 'below'));
    expect(stderr).toMatch(/^--out: cannot create the folder .*ENOTDIR/);
    expect(code).toBe(1);
  });

  it.skipIf(process.platform !== 'linux')('fails where no folder can be created', async () => {
    const { code, stderr } = await ludus(...train, '--steps', '100', '--out', '/proc/ludus/run');
    expect(stderr).toMatch(/^--out: cannot create the folder "\/proc\/ludus\/run"/);
    expect(code).toBe(1);
  });

  it('saves when the reader of its output closes the pipe', async () => {
    const out = join(temporaryFolder(), 'run');
    const running = start([...train, '--steps', '1e12', '--out', out]);
    await running.saw('start');
    running.child.stdout?.destroy();
    const { code, stderr } = await running.finished;
    expect(stderr).toBe('output: closed by its reader: saving\n');
    expect(code).toBe(141);
    expect((await checkpointIn(out)).steps).toBeGreaterThan(0);
  });
});

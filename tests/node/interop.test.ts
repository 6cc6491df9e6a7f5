/**
 * What `ludus logs` writes, read by the Python tools that it is for, as far as `LUDUS_PYTHON` (default `python3`) has them. It says
 * which it found.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

const FORMATS = ['tensorboard', 'monitor', 'marl-eval', 'open-rl'] as const;

interface Found {
  readonly tensorboard?: { run: string; steps: number[]; returns: number[]; text: string };
  readonly monitor?: { returns: number[]; lengths: number[] };
  readonly 'marl-eval'?: { final: Record<string, number[][]>; points: Record<string, number> };
}

it('other tools read the logs of a run', async () => {
  const home = temporaryFolder();
  const run = join(home, 'run');
  const made = await ludus(
    'train',
    'cliff-walking',
    '--agent',
    'sarsa',
    '--steps',
    '3000',
    '--seed',
    '4',
    '--out',
    run,
  );
  expect(made.code, made.stderr).toBe(0);
  for (const format of FORMATS) {
    const { code, stderr, lines } = await ludus('logs', run, '--format', format, '--out', join(home, format));
    expect(code, stderr).toBe(0);
    for (const file of lines[0]['files'] as string[]) expect(existsSync(file), file).toBe(true);
  }
  const episodes = readFileSync(join(run, 'episodes.csv'), 'utf8').trim().split('\n').slice(1);
  const rows = episodes.map((row) => row.split(',').map(Number));
  expect(rows.length).toBeGreaterThan(5);
  const returns = rows.map((row) => row[2]);

  const found = readBack(home);
  console.info(`read back by: ${Object.keys(found).join(', ') || 'no tool, none is installed'}`);
  const { tensorboard: events, monitor, 'marl-eval': marl } = found;
  if (events) {
    expect(events.run).toBe('cliff-walking__sarsa__4');
    expect(events.steps).toEqual(rows.map(([step]) => step));
    expect(events.returns).toEqual(returns);
    expect(events.text).toContain('|total_timesteps|3000|');
  }
  if (monitor) {
    expect(monitor.returns).toEqual(returns);
    expect(monitor.lengths).toEqual(rows.map((row) => row[3]));
  }
  if (marl) {
    const evaluation = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')) as { mean: number };
    expect(marl.final).toEqual({ sarsa: [[evaluation.mean]] });
    expect(marl.points['sarsa']).toBeGreaterThan(40);
  }

  const refused = await ludus(
    'logs',
    'docs/results/acrobot.jsonl',
    '--format',
    'monitor',
    '--out',
    join(home, 'x'),
  );
  expect([refused.code, refused.stderr]).toEqual([
    2,
    '--format: expected another than monitor for records without a log of their episodes (see `ludus bench --logs`), got monitor\n',
  ]);
});

function readBack(home: string): Found {
  const python = process.env['LUDUS_PYTHON'] ?? 'python3';
  const script = join(import.meta.dirname, 'interop.py');
  try {
    execFileSync(python, ['--version'], { stdio: 'ignore' });
  } catch {
    return {};
  }
  return JSON.parse(
    execFileSync(python, [script, home], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Found;
}

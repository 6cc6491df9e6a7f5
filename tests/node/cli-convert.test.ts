/** Records of runs in the formats of other tools, read back by the tools themselves where Python has them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

const runs: string[] = [];

beforeAll(async () => {
  for (const seed of ['1', '2']) {
    const out = temporaryFolder();
    const args = ['--agent', 'q-learning', '--steps', '3000', '--seed', seed, '--episodes', '5'];
    expect((await ludus('train', 'frozen-lake', ...args, '--out', out)).code).toBe(0);
    runs.push(out);
  }
}, 300_000);

async function convert(format: string): Promise<string> {
  const out = temporaryFolder();
  const { code, stderr } = await ludus('convert', ...runs, '--format', format, '--out', out);
  expect(code, stderr).toBe(0);
  return out;
}

interface Row {
  readonly step: number;
  readonly return: number;
  readonly length: number;
}

/** The episodes of a run, from its own file. */
function episodesOf(run: string): readonly Row[] {
  const [header, ...lines] = readFileSync(join(run, 'episodes.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',').map(Number);
    const at = (name: string): number => cells[names.indexOf(name)];
    return { step: at('step'), return: at('return'), length: at('length') };
  });
}

/** Whether Python has a module. */
function hasPython(module: string): boolean {
  try {
    execFileSync('python3', ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function python(script: string, ...args: readonly string[]): unknown {
  return JSON.parse(execFileSync('python3', ['-c', script, ...args], { encoding: 'utf8' })) as unknown;
}

/** The scalars of an event file, with both checks of every record. */
function* scalarsOf(file: Uint8Array): Iterable<{ tag: string; step: number; value: number }> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0, first = true; at < file.length; first = false) {
    const length = Number(view.getBigUint64(at, true));
    const start = at + 12;
    expect(unmask(view.getUint32(at + 8, true))).toBe(castagnoli(file.subarray(at, at + 8)));
    expect(unmask(view.getUint32(start + length, true))).toBe(
      castagnoli(file.subarray(start, start + length)),
    );
    if (!first) yield scalarIn(file.subarray(start, start + length));
    at = start + length + 4;
  }
}

function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** CRC-32C bit by bit. */
function castagnoli(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return ~sum >>> 0;
}

/** `{ wall_time = 1, step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } } }` */
function scalarIn(event: Uint8Array): { tag: string; step: number; value: number } {
  const fields = fieldsOf(event);
  const value = fieldsOf(fieldsOf(fields.get(5) as Uint8Array).get(1) as Uint8Array);
  const number = value.get(2) as Uint8Array;
  return {
    tag: new TextDecoder().decode(value.get(1) as Uint8Array),
    step: fields.get(2) as number,
    value: new DataView(number.buffer, number.byteOffset).getFloat32(0, true),
  };
}

function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array | number> {
  const fields = new Map<number, Uint8Array | number>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = bytes[at++];
    const size = { 0: undefined, 1: 8, 2: -1, 5: 4 }[tag & 7];
    if (size === undefined) fields.set(tag >> 3, varint());
    else {
      const length = size < 0 ? varint() : size;
      fields.set(tag >> 3, bytes.subarray(at, at + length));
      at += length;
    }
  }
  return fields;
}

describe('TensorBoard', () => {
  test('an event file per run holds every episode and metric', async () => {
    const out = await convert('tensorboard');
    const folders = readdirSync(out).toSorted();
    expect(folders).toEqual(['frozen-lake__q-learning__1', 'frozen-lake__q-learning__2']);
    folders.forEach((folder, k) => {
      const [file] = readdirSync(join(out, folder));
      expect(file).toMatch(/^events\.out\.tfevents\.\d+\.ludus$/);
      const scalars = [...scalarsOf(readFileSync(join(out, folder, file)))];
      const returns = scalars.filter(({ tag }) => tag === 'charts/episodic_return');
      expect(returns.map(({ step, value }) => [step, value])).toEqual(
        episodesOf(runs[k]).map((row) => [row.step, Math.fround(row.return)]),
      );
      expect(scalars.some(({ tag }) => tag.startsWith('losses/'))).toBe(true);
    });
  });

  test.skipIf(!hasPython('tensorboard'))('TensorBoard reads it', async () => {
    const out = await convert('tensorboard');
    const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0})
events.Reload()
print(json.dumps([[each.step, each.value] for each in events.Scalars('charts/episodic_return')]))`;
    const read = python(script, join(out, 'frozen-lake__q-learning__1'));
    expect(read).toEqual(episodesOf(runs[0]).map((row) => [row.step, Math.fround(row.return)]));
  });
});

test('Stable-Baselines3: a monitor file per run, with a header of JSON and r, l, t', async () => {
  const out = await convert('monitor');
  const text = readFileSync(join(out, 'frozen-lake__q-learning__1', 'monitor.csv'), 'utf8');
  const [header, columns, ...rows] = text.trim().split('\n');
  expect(JSON.parse(header.slice(1))).toEqual({ t_start: 0, env_id: 'frozen-lake' });
  expect(columns).toBe('r,l,t');
  expect(rows).toEqual(episodesOf(runs[0]).map((row) => `${row.return},${row.length},${row.step}`));
});

test('marl-eval: seeds of one algorithm have points at the same steps, with their episodes', async () => {
  const out = await convert('marl-eval');
  const json = JSON.parse(readFileSync(join(out, 'marl-eval.json'), 'utf8')) as {
    ludus: Record<
      string,
      Record<string, Record<string, Record<string, { step_count?: number; return: number[] }>>>
    >;
  };
  const seeds = json.ludus['frozen-lake']['q-learning'];
  expect(Object.keys(seeds)).toEqual(['seed_1', 'seed_2']);
  const [one, two] = Object.values(seeds);
  const steps = (seed: typeof one) => Object.values(seed).map(({ step_count }) => step_count);
  expect(steps(one)).toEqual(steps(two));
  expect(one['absolute_metrics'].return).toHaveLength(5);
  for (const [name, point] of Object.entries(one)) {
    if (name === 'absolute_metrics') continue;
    const before = episodesOf(runs[0]).filter(({ step }) => step <= (point.step_count as number));
    expect(point.return).toEqual(before.slice(-10).map((row) => row.return));
  }
});

test('Open RL Benchmark: one table under its keys', async () => {
  const out = await convert('open-rl');
  const [header, ...rows] = readFileSync(join(out, 'open-rl.csv'), 'utf8').trim().split('\n');
  expect(header).toBe('env_id,exp_name,seed,global_step,charts/episodic_return,charts/episodic_length');
  expect(rows).toEqual(
    runs.flatMap((run, k) =>
      episodesOf(run).map((row) => `frozen-lake,q-learning,${k + 1},${row.step},${row.return},${row.length}`),
    ),
  );
});

test('what is no run, or is given twice, is refused', async () => {
  const out = temporaryFolder();
  const none = await ludus('convert', temporaryFolder(), '--format', 'monitor', '--out', out);
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toContain('run: expected the folder of a run');
  for (const format of ['monitor', 'marl-eval']) {
    const twice = await ludus('convert', runs[0], runs[0], '--format', format, '--out', out);
    expect(twice.stderr).toContain('run: expected one run of each world, agent and seed');
  }
});

/** Logs in the formats of other tools, read back from their bytes; tests/node/interop.test.ts asks the tools themselves. */
import { expect, it } from 'vitest';
import { crc32c } from '#core/crc32.ts';
import { eventFile } from '#node/logs/event-file.ts';
import { marlEval, monitor, openRl, tensorboard, type Logged } from '#node/logs/formats.ts';
import { bytesField, varintField } from '#node/logs/protobuf.ts';
import { resolveRun } from '#train/request/resolve.ts';

const curve: Logged['training']['curve'] = [
  [100, 1.5],
  [200, 3],
];

function logged(seed: number, more: Partial<Logged> = {}): Logged {
  return {
    name: 'q-learning',
    written: 1000,
    seed,
    steps: 200,
    training: { mean: 3, episodes: 100, curve },
    greedy: { mean: 4, std: 0, episodes: 10 },
    request: resolveRun({ world: 'corridor', agent: 'q-learning', seed }).request,
    ...more,
  };
}

const log = [
  { step: 10, slot: 0, 'episode/return': 1, 'episode/length': 10 },
  { step: 12, loss: 0.5 },
  { step: 25, slot: 0, 'episode/return': -2, 'episode/length': 15 },
];

it("checks as RFC 3720 prints them, and writes numbers as protobuf's guide does", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, k) => k))).toBe(0x46dd794e);
  // The guide's own examples.
  expect([...varintField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...bytesField(2, 'testing')]).toEqual([0x12, 7, ...new TextEncoder().encode('testing')]);
  expect([...bytesField(3, [varintField(1, 150)])]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
  expect([...varintField(1, 2 ** 40)]).toEqual([8, 128, 128, 128, 128, 128, 32]);
});

it('writes event files whose records say their length', () => {
  const bytes = eventFile([{ tag: 'a', step: 7, value: 1.5 }], { note: 'text' }, 1000);
  const view = new DataView(bytes.buffer);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    records.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  expect(records).toHaveLength(3);
  expect(new TextDecoder().decode(records[0])).toContain('brain.Event:2');
  expect(new TextDecoder().decode(records[1])).toContain('text');
  // wall_time 1000, step 7, summary { value { tag 'a', simple_value 1.5 } }
  expect([...records[2]]).toEqual([
    9, 0, 0, 0, 0, 0, 0x40, 0x8f, 0x40, 16, 7, 42, 10, 10, 8, 10, 1, 97, 21, 0, 0, 0xc0, 0x3f,
  ]);
});

it('names folders and tags as CleanRL does', () => {
  const files = tensorboard([logged(3, { log })]);
  expect([...files.keys()]).toEqual(['corridor__q-learning__3/events.out.tfevents.1000.ludus']);
  const text = new TextDecoder('latin1').decode([...files.values()][0] as Uint8Array);
  for (const word of ['charts/episodic_return', 'charts/episodic_length', 'loss', '|env_id|corridor|'])
    expect(text).toContain(word);
  expect(text).not.toContain('slot');
});

it('lists episodes for Stable-Baselines3', () => {
  expect(monitor([logged(1, { log })]).get('corridor__q-learning__1/monitor.csv')).toBe(
    '#{"t_start":0,"env_id":"corridor"}\nr,l,t\n1,10,10\n-2,15,25\n',
  );
});

it('nests runs for marl-eval, with as many steps in each', () => {
  const late = logged(2, { training: { mean: 3, episodes: 1, curve: curve.slice(1) } });
  const text = marlEval([logged(1), late, logged(1, { name: 'sarsa' })]).get('marl-eval.json') as string;
  expect(JSON.parse(text)).toEqual({
    ludus: {
      corridor: {
        'q-learning': {
          seed_1: { step_0: { step_count: 200, return: [3] }, absolute_metrics: { return: [4] } },
          seed_2: { step_0: { step_count: 200, return: [3] }, absolute_metrics: { return: [4] } },
        },
        sarsa: {
          seed_1: {
            step_0: { step_count: 200, return: [3] },
            absolute_metrics: { return: [4] },
          },
        },
      },
    },
  });
});

it('gives every point of a curve the keys of Open RL Benchmark', () => {
  expect(openRl([logged(5, { name: 'dqn, mine' })]).get('open-rl-benchmark.csv')).toBe(
    'env_id,exp_name,seed,global_step,charts/episodic_return\ncorridor,"dqn, mine",5,100,1.5\ncorridor,"dqn, mine",5,200,3\n',
  );
});

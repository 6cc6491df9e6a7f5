/** What a checkpoint, a link or a recording asks for, if it is something else: every part is refused by its name. */
import { describe, expect, it } from 'vitest';
import { fromLink } from '#ui/state/permalink.ts';
import { InputError, show } from '#core/errors.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { checkRecording, parseRecording, recordingLine } from '#train/recordings/recording.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { randomRecording } from '#package/contract/random-recording.ts';

const NESTED = '['.repeat(20_000) + ']'.repeat(20_000);
const deep: unknown = JSON.parse(NESTED);

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('expected an InputError, got none');
}

const { request } = resolveRun({ world: 'cart-pole', agent: 'dqn' });

async function resumed(change: Record<string, unknown>): Promise<unknown> {
  const changed = { ...request, ...change } as typeof request;
  return decodeCheckpoint(await encodeCheckpoint({ kind: 'run', request: changed, steps: 1, state: {} }));
}

const malformed: readonly [string, unknown, string][] = [
  ['world', 7, 'expected an id, got 7'],
  ['agent', ['dqn'], 'expected an id, got ["dqn"]'],
  ['preset', {}, 'expected the name of a preset, got {}'],
  ['preset', null, 'expected the name of a preset, got null'],
  ['params', null, 'expected a record of values by name, got null'],
  ['params', [], 'expected a record of values by name, got []'],
  ['rewards', 5, 'expected a record of values by name, got 5'],
  ['wrappers', true, 'expected a record of values by name, got true'],
  ['config', 'auto', 'expected a record of values by name, got "auto"'],
  ['seed', [], 'expected a whole number, got []'],
  ['demonstrations', 3, 'expected a recording, got 3'],
  ['colour', 'red', 'expected one of world, agent, preset'],
];

describe('a request', () => {
  it.each(malformed)('is refused by name: %s as %j', async (name, value, message) => {
    const given = { ...request, [name]: value } as RunRequest;
    expect(messageOf(() => resolveRun(given))).toContain(`${name}: ${message}`);
    await expect(resumed({ [name]: value })).rejects.toThrow(`checkpoint.request.${name}: ${message}`);
    await expect(resumed({ [name]: value })).rejects.toThrow(InputError);
  });

  it('is refused with all that is wrong at once, and if it is none', async () => {
    const problems = messageOf(() => resolveRun({ config: 7, seed: null } as unknown as RunRequest));
    for (const name of ['world', 'config', 'seed']) expect(problems).toContain(`${name}: expected`);
    for (const none of [null, 7, [], 'run'])
      expect(messageOf(() => resolveRun(none as unknown as RunRequest))).toContain(
        'request: expected a record',
      );
    expect(messageOf(() => resolveRun({ ...request, '': 1 } as RunRequest))).toContain(
      '"": expected one of world',
    );
    const empty = encodeCheckpoint({ kind: 'run', request: {} as typeof request, steps: 1, state: {} });
    await expect(decodeCheckpoint(await empty)).rejects.toThrow('checkpoint.request.world: expected an id');
  });

  it.each(['world', 'agent', 'preset', 'params', 'config', 'seed', 'demonstrations'])(
    'is refused by name if it is nested deeply: %s',
    (name) => {
      const given = { ...request, [name]: deep } as RunRequest;
      expect(messageOf(() => resolveRun(given))).toContain(`${name}: expected`);
    },
  );

  it('is refused by the setting that is nested deeply, as a value and as the text of a link', () => {
    const config = { network: deep };
    expect(messageOf(() => resolveRun({ ...request, config }))).toContain('agent.network: expected auto, or');
    const { setup } = fromLink(`#world=cart-pole&agent=dqn&agent.network=${NESTED}&wrap.timeLimit=${NESTED}`);
    const problems = messageOf(() => resolveRun(setup.request));
    for (const name of ['agent.network', 'wrap.timeLimit']) expect(problems).toContain(`${name}: expected`);
  });
});

describe('a value in an error message', () => {
  it('is shown however deeply it is nested', () => {
    expect(show(deep)).toBe('a deeply nested list');
    expect(show({ a: deep })).toBe('a deeply nested record');
  });
});

describe('a recording', () => {
  const { header, episodes } = randomRecording('catch', 1, 20);
  it.each<[string, string]>([
    ['null', "recording: expected a recording's header"],
    [NESTED, 'recording.line 1: expected JSON nested at most 64 deep'],
    [JSON.stringify({ ...header, params: { rows: {} } }), 'world.rows: expected'],
    [JSON.stringify({ ...header, world: 7 }), 'recording.world: expected'],
    [JSON.stringify({ ...header, wrappers: null }), 'recording.wrappers: expected'],
  ])('is refused by the header: case %#', (line, message) => {
    expect(messageOf(() => parseRecording(`${line}\n`))).toContain(message);
  });

  it.each<[string, string]>([
    [NESTED, 'recording.line 2: expected JSON nested at most 64 deep'],
    ['null', 'recording.line 2: expected an episode'],
    ...['player', 'start', 'carried', 'return', 'end', 'actions'].map((name): [string, string] => [
      JSON.stringify({ ...episodes[0], [name]: { a: null } }),
      `recording.line 2.${name}`,
    ]),
  ])('is refused by the line and the field of an episode: case %#', (line, message) => {
    expect(messageOf(() => parseRecording(`${recordingLine(header)}${line}\n`))).toContain(message);
  });

  it('is refused as plain data that is nested deeply', () => {
    expect(messageOf(() => checkRecording({ header: deep, episodes: [] }))).toContain('recording.line 1');
    expect(messageOf(() => checkRecording({ header, episodes: [deep] }))).toContain('recording.line 2');
  });
});

describe('the live values and the marks of a checkpoint', () => {
  it.each<[string, string, string]>([
    ['live', '{"config":{},"rewards":{"step":"much"}}', 'reward.step: expected a number of at most 3.4e38'],
    ['live', '{"config":{},"rewards":{"nothing":1}}', 'reward.nothing: expected'],
    ['live', '{"config":7,"rewards":{}}', 'checkpoint.live.config: expected a record'],
    ['marks', '7', 'checkpoint.recorder.marks: expected a list, got 7'],
    ['marks', '[null]', 'checkpoint.recorder.marks.0: expected a record, got null'],
    ['marks', '[{"step":1,"kind":"world","key":"x"}]', 'marks.0: expected a step, a kind and a key'],
    ['marks', NESTED, 'checkpoint.recorder.marks: expected JSON nested at most 64 deep'],
  ])('are refused by name: %s, case %#', async (name, text, message) => {
    using compute = await createCompute('simd', { threads: 1 });
    const run = await createRun(resolveRun({ world: 'cart-pole', agent: 'reinforce' }), compute);
    const state = await run.snapshot();
    const recorder = state['recorder'] as typeof state;
    const changed = name === 'live' ? { live: text } : { recorder: { ...recorder, marks: text } };
    const restored = run.restore({ ...state, ...changed });
    await expect(restored).rejects.toThrow(message);
    await expect(restored).rejects.toBeInstanceOf(InputError);
    run.dispose();
  });
});

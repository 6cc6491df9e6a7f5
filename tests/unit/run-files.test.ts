/** Runs as files: saved by one worker and opened by another, in the command line's format; whatever else is opened changes nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { child, savedArray, type Snapshot } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { catalogue } from '#train/catalogue/catalogue.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { briefRequest } from '#train/request/brief.ts';
import { Recorder } from '#train/record/recorder.ts';
import { asRun } from '#train/request/subject.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { formatRecording } from '#train/recordings/recording.ts';
import { createRun } from '#train/runs/create.ts';
import { pageHarness } from '#tests/page-harness.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import { harness, SETUP, until } from '#tests/worker-harness.ts';

const LEVEL = [[1, 2, 0.5]];
const REQUEST = {
  ...SETUP.request,
  rewards: { goal: 2, bonus: LEVEL },
  config: { gamma: 0.9 },
};

/** The file of a run trained in this thread, as the command line would write it. */
async function trained(request: RunRequest, steps: number): Promise<{ file: Blob; state: Snapshot }> {
  using compute = await createCompute('cpu');
  const run = await createRun(resolveRun(request), compute);
  await run.advance(() => run.progress >= steps);
  const state = await run.snapshot();
  const { subject, progress } = run;
  run.dispose();
  return { file: new Blob([await encodeCheckpoint({ ...subject, steps: progress, state })]), state };
}

const table = (state: Snapshot): unknown => savedArray(child(state, 'agent'), 'q');

describe('a worker', () => {
  test('opens the file of the command line and goes on bit for bit; what it saves opens there', async () => {
    const { file, state } = await trained(REQUEST, 3000);
    const h = harness();
    await h.create();
    const info = await h.create({ ...SETUP, request: { world: 'cart-pole', agent: 'dqn' }, file });
    expect(info.request).toMatchObject({ world: 'frozen-lake', config: { gamma: 0.9 } });
    expect(info.asked).toEqual({ ...REQUEST, params: {}, wrappers: {} });
    const { episodes, progress } = await until(() => h.batches().find(({ run }) => run === 2));
    expect(progress).toBe(3000);
    expect(episodes.return).toEqual(savedArray(child(child(state, 'recorder'), 'episodes'), 'return'));
    for (let step = 0; step < 50; step++) await h.client.step();
    const saved = await h.client.call((api) => api.save());
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    const read = await decodeCheckpoint(saved.value.content);
    expect(read).toMatchObject({ kind: 'run', steps: 3050, request: info.request });
    expect(table(read.state)).toEqual(table((await trained(REQUEST, 3050)).state));
  });

  test('keeps the run that it has when a file is refused', async () => {
    const h = harness();
    await h.create();
    await h.client.step();
    const { file } = await trained(REQUEST, 500);
    const whole = new Uint8Array(await file.arrayBuffer());
    const { request, state } = asRun(await decodeCheckpoint(whole));
    const foreign = await encodeCheckpoint({
      kind: 'run',
      request: resolveRun({ world: 'taxi', agent: 'sarsa' }).request,
      steps: 1,
      state,
    });
    const fit = { data: 'iris', dataConfig: {}, augment: {}, model: 'mlp', config: {}, seed: 1 };
    const files: readonly (readonly [Uint8Array<ArrayBuffer>, RegExp])[] = [
      [new TextEncoder().encode('{"kind":"ludus-recording"}\n'), /something else/],
      [new Uint8Array(0), /something else/],
      [whole.slice(0, 300), /cut off or damaged/],
      [whole.map((byte, at) => (at === whole.length - 20 ? byte ^ 1 : byte)), /damaged/],
      [foreign, /rules are different/],
      [await encodeCheckpoint({ kind: 'run', request, steps: 1, state: {} }), /worldVersion/],
      [await encodeCheckpoint({ kind: 'fit', request: fit, steps: 1, state }), /the fit of mlp on iris/],
    ];
    for (const [bytes, why] of files) {
      const refused = await h.client.create({ ...SETUP, file: new Blob([bytes]) });
      if (refused.ok) throw new Error(`opened ${bytes.length} bytes`);
      expect(refused.problems.map(({ got }) => got).join()).toMatch(why);
    }
    await h.client.step();
    expect((await until(() => h.batches().find((batch) => batch.progress === 2))).run).toBe(1);
  });

  test('that dies goes on from the file, if there is no later checkpoint', async () => {
    const { file } = await trained(REQUEST, 700);
    const h = harness();
    await h.create({ ...SETUP, file });
    h.worker.die('gone');
    expect(await h.client.restart()).toMatchObject({ ok: true });
    await until(() => h.batches().at(-1)?.progress === 700);
  });
});

describe('the page', () => {
  const h = pageHarness();

  test('opens a file in the focused run; the one beside it moves to its world and seed', async () => {
    const { file } = await trained(REQUEST, 2000);
    await h.compared('world=corridor&agent=sarsa&seed=1&backend=cpu');
    const [, focused] = h.page.runs.value;
    await h.page.openFile(file);
    expect(h.page.runs.value.map(({ draft }) => draft.value)).toMatchObject([
      { world: 'frozen-lake', agent: 'sarsa', seed: 3, rewards: { goal: 2, bonus: LEVEL } },
      { world: 'frozen-lake', agent: 'q-learning', seed: 3, config: { gamma: 0.9 } },
    ]);
    await until(() => focused.worker.progress.value.done > 2000 && h.steps()[0] > 0);
    expect(focused.worker.record.returns.points).toBeGreaterThan(20);
    expect(h.page.link.value).toContain('b.agent.gamma=0.9');
  });

  test('says in one sentence what is wrong with a file, and the run goes on', async () => {
    await h.page.open('world=corridor&agent=sarsa&backend=cpu');
    await until(() => h.steps()[0] > 0);
    const [{ draft, worker, problems }] = h.page.runs.value;
    const [before, steps] = [draft.value, h.steps()[0]];
    await h.page.openFile(new Blob(['a picture']));
    expect(worker.notice.value).toMatchObject({
      kind: 'hint',
      title: 'Not changed; the previous run continues',
    });
    expect(worker.notice.value?.lines).toEqual([
      'checkpoint: expected a Ludus checkpoint of format 4 or earlier, got something else',
    ]);
    expect([draft.value, problems.value]).toEqual([before, []]);
    await until(() => h.steps()[0] > steps);
  });
});

describe('a brief request', () => {
  const { worlds } = catalogue();

  test('means the same as the whole one, and holds nothing that is as usual', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...worlds),
        fc.record({ gamma: fc.option(fc.double({ min: 0.5, max: 0.9, noNaN: true }), { nil: undefined }) }),
        fc.nat(),
        ({ id, start }, { gamma }, seed) => {
          const config = gamma === undefined ? {} : { gamma };
          const setup = resolveRun({ world: id, ...start, config, seed });
          const brief = briefRequest(setup);
          expect(resolveRun(brief).request).toEqual(setup.request);
          expect(brief).toMatchObject({ params: {}, rewards: {}, wrappers: {}, config, seed });
        },
      ),
    );
  });

  test('holds the recording that is learned from', () => {
    const recording = randomRecording('catch', 2, 30);
    const setup = resolveRun({ world: 'catch', agent: 'bc', demonstrations: recording });
    expect(briefRequest(setup).demonstrations).toBe(formatRecording(recording));
  });
});

test('a record of more rows than a page keeps loads, and forgets as it grows', () => {
  const long = new Recorder();
  const env = {
    n: 1,
    terminated: [1],
    truncated: [0],
    episodeReturn: [0],
    episodeLength: [1],
  };
  for (let step = 1; step <= 50; step++) {
    env.episodeReturn[0] = step;
    long.recordStep(env as never, step);
  }
  const short = new Recorder(10);
  short.restore(long.snapshot());
  expect([...short.episodesSince(0).return]).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
  for (let step = 51; step <= 100; step++) short.recordStep(env as never, step);
  expect(short.episodes).toBe(100);
  expect(short.episodesSince(0).step.length).toBeLessThanOrEqual(20);
  expect([...short.episodesSince(98).step]).toEqual([99, 100]);
});

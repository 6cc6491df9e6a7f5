/**
 * Files of the project's own formats, damaged at random: each is refused with an `InputError`, or read as if nothing had
 * happened. `LUDUS_DAMAGES` is the number of damaged files per format.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { decodeWeights, weightsFiles } from '#train/checkpoints/weights.ts';
import { Playback } from '#train/recordings/playback.ts';
import { parseRecording, recordingLine, type Recording } from '#train/recordings/recording.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { isRefusedOrUsed, survives } from '#tests/damage.ts';
import { randomRecording } from '#package/contract/random-recording.ts';

const EARLIER = new URL('../fixtures/checkpoints/', import.meta.url);

describe('a damaged checkpoint', () => {
  let file: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    const setup = resolveRun({
      world: 'cart-pole',
      agent: 'ppo',
      config: { network: [{ kind: 'dense', units: 4 }] },
    });
    using compute = await createCompute('simd', { threads: 1 });
    const run = await createRun(setup, compute);
    await run.advance(() => run.progress >= 300);
    file = await encodeCheckpoint({
      kind: 'run',
      request: setup.request,
      steps: run.progress,
      state: await run.snapshot(),
    });
    run.dispose();
  });

  it('is refused or read as it was', async () => {
    await survives('checkpoint', file, decodeCheckpoint);
  });

  it('is refused or read as it was if the damage came before it was zipped', async () => {
    const content = gunzipSync(file);
    await survives('checkpoint before it was zipped', content, (damaged) =>
      decodeCheckpoint(new Uint8Array(gzipSync(damaged, { level: 1 }))),
    );
  });
});

const plan = planNetwork(
  [
    { kind: 'dense', units: 6, activation: 'prelu', init: 'orthogonal' },
    { kind: 'batchNorm' },
    { kind: 'dueling', actions: 3, hidden: 4 },
  ],
  [4],
  'network',
);
const weights = { networks: [{ name: 'q', plan, block: initialise(plan, rngStreams(1)('initialisation')) }] };

function nothing(): never {
  throw new Error('no other file is asked for');
}

describe('a damaged file of weights', () => {
  it('is refused or read as it was: safetensors', async () => {
    const [{ name, content }] = weightsFiles('safetensors', weights, { world: 'catch' });
    await survives('safetensors', content, (damaged) => decodeWeights({ name, content: damaged }, nothing));
  });

  it('is refused or read as it was: the model.json and the numbers of a layers model', async () => {
    const [model, numbers] = weightsFiles('layers-model', weights, {});
    const read = (json: Uint8Array, raw: Uint8Array): Promise<unknown> =>
      decodeWeights({ name: model.name, content: json }, (name) => {
        if (name === numbers.name) return Promise.resolve(raw);
        throw new InputError([{ field: 'weights', expected: `${name} beside it`, got: 'nothing' }]);
      });
    await survives('model.json', model.content, (damaged) => read(damaged, numbers.content));
    await survives('weights.bin', numbers.content, (damaged) => read(model.content, damaged));
  });
});

function read(damaged: Uint8Array): Recording {
  return parseRecording(new TextDecoder().decode(damaged));
}

function replayed(damaged: Uint8Array): Recording {
  const recording = read(damaged);
  const playback = new Playback(recording);
  recording.episodes.forEach((_, k) => {
    playback.begin(k);
    while (playback.step());
  });
  return recording;
}

describe('a damaged recording', () => {
  const { header, episodes } = randomRecording('catch', 3, 40);
  it('is refused, or some of its episodes are read as they were', async () => {
    const lines = [header, ...episodes].map(recordingLine).join('');
    await isRefusedOrUsed('recording', lines, read, (recording) => {
      expect(isDeepStrictEqual(recording.header, header)).toBe(true);
      for (const episode of recording.episodes)
        expect(episodes.some((known) => isDeepStrictEqual(known, episode))).toBe(true);
    });
  });

  it('of before it had checks is refused, or replayed as far as it goes', async () => {
    const lines = [header, ...episodes].map((part) => `${JSON.stringify(part)}\n`).join('');
    // Episodes may have been copied or cut out: each stands for itself.
    await isRefusedOrUsed('recording without checks', lines, replayed, (recording) => {
      const again = [recording.header, ...recording.episodes].map(recordingLine).join('');
      expect(isDeepStrictEqual(replayed(Buffer.from(again)), recording)).toBe(true);
    });
  });
});

describe('a damaged checkpoint of an earlier format', () => {
  it.each(readdirSync(EARLIER).filter((name) => name.endsWith('.ludus')))(
    'is refused or read as it was: %s',
    async (name) => {
      await survives(name, readFileSync(new URL(name, EARLIER)), decodeCheckpoint);
    },
  );
});

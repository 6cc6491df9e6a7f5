/** What is trained where every agent and every model has its turn: each small, in a world of each group. */
import { problemOf } from '#core/errors.ts';
import { quick } from '#package/contract/quick.ts';
import { givenTo } from '#package/contract/random-recording.ts';
import type { LearnerDefinition } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import type { FitRequest } from '#train/request/resolve-fit.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import type { TrainingRun } from '#train/runs/run.ts';

/** What an agent is tried with beside its quick settings: its other kinds of networks, memories and buffers. */
const kinds: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  dqn: [{}, { prioritized: true, dueling: true, noisy: true, distribution: 'quantile' }],
  ppo: [{}, { memory: 'gru', memorySize: 8, sequenceLength: 4 }],
};

/** In each group of worlds the first that an agent with these settings plays. */
export function requestsFor(agent: LearnerDefinition): readonly RunRequest[] {
  const groups = [...new Set(worlds.map(({ group }) => group))];
  return (kinds[agent.id] ?? [{}]).flatMap((kind) =>
    groups.flatMap((group) => {
      const requests = worlds
        .filter((world) => world.group === group)
        .map(({ id }) => ({
          world: id,
          agent: agent.id,
          config: quick(agent, kind),
          ...givenTo(agent, id),
        }));
      return requests.find((request) => !problemOf(() => resolveRun(request))) ?? [];
    }),
  );
}

const small = [{ kind: 'flatten' }, { kind: 'dense', units: 6 }, { kind: 'dropout', rate: 0.2 }];
/** Data and settings under which each model is small. */
const fits: Readonly<Record<string, Partial<FitRequest>>> = {
  perceptron: { data: 'gauss' },
  linear: { data: 'iris', config: { standardise: true } },
  mlp: { data: 'spiral', config: { network: small, validation: 0.2 } },
  lenet: { data: 'mnist', dataConfig: { trainLimit: 64 }, augment: { shift: 2 } },
  cnn: { data: 'mnist', dataConfig: { trainLimit: 64 }, augment: { rotation: 10 } },
  gru: { data: 'mnist-1d' },
  autoencoder: { data: 'mnist', dataConfig: { trainLimit: 64 } },
};

/** A small fit of a model. */
export function fitFor(model: string): FitRequest {
  const { data = 'iris', config, ...rest } = fits[model] ?? {};
  const batches = model === 'perceptron' ? {} : { batchSize: 16 };
  return { data, model, ...rest, config: { ...batches, epochs: 50, ...config } };
}

/** The checkpoint of a run as a file. */
export async function fileOf(run: TrainingRun): Promise<Uint8Array<ArrayBuffer>> {
  const { subject, progress: steps } = run;
  return encodeCheckpoint({ ...subject, steps, state: await run.snapshot() });
}

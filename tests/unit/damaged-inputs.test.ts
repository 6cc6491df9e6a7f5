/**
 * What people write, paint and pass on, damaged at random: requests, links, levels, roads, tables, pictures and the words of a
 * command line. Each is refused with an `InputError`, or means something that can be used.
 */
import { Command } from '@commander-js/extra-typings';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { checkDataSet, findDataSet, type DataSet, type GivenFile } from '#core/data-set.ts';
import { InputError } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { rngStreams } from '#core/rng.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { dataSets } from '#data/catalogue.ts';
import { readFit, withFitOptions } from '#node/fit-options.ts';
import { readRun, seedOption, withRunOptions } from '#node/run-options.ts';
import { usageError } from '#node/usage-errors.ts';
import { isRefusedOrUsed } from '#tests/damage.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { fromFitLink, toFitLink } from '#ui/classifier/state/fit-link.ts';
import { fromLink, toLink } from '#ui/state/permalink.ts';
import { given, gzip, idx } from './idx-files.ts';

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function same(one: unknown, other: unknown): void {
  expect(isDeepStrictEqual(one, other)).toBe(true);
}

function readRunRequest(damaged: Uint8Array): RunRequest {
  return resolveRun(parseJson(textOf(damaged), 'request') as RunRequest).request;
}

function readFitRequest(damaged: Uint8Array): FitRequest {
  return resolveFit(parseJson(textOf(damaged), 'request') as FitRequest).request;
}

/** A request whose agent has a name, as links are written of. */
function named({ agent = 'left to the world', ...request }: RunRequest) {
  return { ...request, agent };
}

describe('a damaged request', () => {
  it('of a run is refused, or means one run', async () => {
    const { request } = resolveRun({ world: 'frozen-lake', agent: 'dqn', wrappers: { frameStack: 2 } });
    await isRefusedOrUsed('request of a run', JSON.stringify(request), readRunRequest, (found) =>
      same(resolveRun(found).request, found),
    );
  });

  it('of a fit is refused, or means one fit', async () => {
    const { request } = resolveFit({ data: 'spiral', model: 'mlp', augment: {}, config: { epochs: 3 } });
    await isRefusedOrUsed('request of a fit', JSON.stringify(request), readFitRequest, (found) =>
      same(resolveFit(found).request, found),
    );
  });
});

/** The link's problems as the error that they are for a command. */
function refuse<T extends { readonly problems: ConstructorParameters<typeof InputError>[0] }>(link: T): T {
  if (link.problems.length > 0) throw new InputError(link.problems);
  return link;
}

describe('a damaged link', () => {
  it('of the arena loses what is wrong with it, by name', async () => {
    const link =
      '#world=frozen-lake&world.map=8x8&reward.hole=-1&agent=dqn&agent.learningRate=0.01&wrap.frameStack=2&b.agent=ppo&b.agent.gamma=0.9&seed=7&speed=turbo';
    await isRefusedOrUsed(
      'link of the arena',
      link,
      (damaged) => refuse(fromLink(textOf(damaged))),
      ({ setup, others }) => {
        const found = { setup: { ...setup, request: named(setup.request) }, others: others.map(named) };
        const again = fromLink(toLink(found));
        same([again.setup, again.others], [found.setup, found.others]);
      },
    );
  });

  it('of the classifier loses what is wrong with it, by name', async () => {
    const link =
      '#room=classifier&tab=draw&data=mnist&data.trainLimit=5000&augment.shift=2&model=cnn&model.learningRate=0.01&seed=7&hide=preset,seed&paused=1&play.data=spiral';
    await isRefusedOrUsed(
      'link of the classifier',
      link,
      (damaged) => refuse(fromFitLink(textOf(damaged))),
      (found) => same(toFitLink(fromFitLink(toFitLink(found))), toFitLink(found)),
    );
  });
});

/** A world that is drawn, played a little at random. */
function playable(world: string, key: string): (value: string) => void {
  return (value) => {
    const { kernel } = resolveWorld({ world, params: { [key]: value } });
    const env = new VectorEnv(kernel, 1, rngStreams(1));
    env.reset();
    const discrete = new Int32Array(1);
    for (let step = 0; step < 20; step++) {
      discrete[0] = step % (kernel.spec.action.kind === 'discrete' ? kernel.spec.action.names.length : 1);
      env.step({ discrete, box: new Float32Array(0) });
    }
    expect(env.obs.every(Number.isFinite)).toBe(true);
  };
}

const ring = Array.from({ length: 12 }, (_, k) => {
  const angle = (2 * Math.PI * k) / 12;
  return [Math.round(120 * Math.cos(angle)), Math.round(120 * Math.sin(angle))];
});

describe('a damaged drawing', () => {
  it.each([
    [
      'minigrid-own',
      'level',
      { rows: ['#######', '#>...G#', '#######'], things: [{ x: 3, y: 1, kind: 'key', colour: 'red' }] },
    ],
    [
      'grid-world',
      'level',
      { rows: ['S..#', '.#..', '...G'], rewards: [{ x: 1, y: 0, reward: 0.5 }], wind: [], teleporters: [] },
    ],
    ['highway', 'road', ring],
  ])('of %s is refused, or a world that can be played', async (world, key, value) => {
    const read = (damaged: Uint8Array): string => {
      const drawn = textOf(damaged);
      resolveRun({ world, params: { [key]: drawn } });
      return drawn;
    };
    await isRefusedOrUsed(`${world}.${key}`, JSON.stringify(value), read, playable(world, key));
  });
});

async function load(id: string, files: readonly GivenFile[]): Promise<DataSet> {
  const definition = findDataSet(dataSets, id);
  const source = { given: files, shipped: () => Promise.resolve([]) };
  return definition.load(parseConfig(definition.config, {}, 'data'), source);
}

describe('damaged data', () => {
  it('of a table are refused, or a data set', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, k) => `${k},${(k * k) % 7},"red, or so",${k % 3 ? 'pear' : 'apple'}`,
    );
    await isRefusedOrUsed(
      'CSV',
      ['size,weight,colour,kind', ...rows, ''].join('\n'),
      async (damaged) => load('csv', [given('t.csv', damaged)]),
      checkDataSet,
    );
  });

  const pictures = idx([6, 4, 4]);
  const labels = idx([6], [0, 1, 2, 0, 1, 2]);
  it.each([
    ['IDX pictures', pictures, (damaged: Uint8Array) => [damaged, labels]],
    ['IDX labels', labels, (damaged: Uint8Array) => [pictures, damaged]],
    ['gzipped IDX pictures', gzip(pictures), (damaged: Uint8Array) => [damaged, labels]],
  ] as const)('are refused, or a data set: %s', async (what, file, both) => {
    await isRefusedOrUsed(
      what,
      file,
      async (damaged) => {
        const [images, names] = both(damaged);
        return load('idx', [given('train-images', images), given('train-labels', names)]);
      },
      checkDataSet,
    );
  });
});

/** The words after a command, as its options read them. */
function parsed(words: readonly string[], declare: (command: Command<[string]>) => unknown): object {
  const command = new Command('train')
    .argument('<world>', 'a world id')
    .configureOutput({ outputError: () => {} });
  command.exitOverride((error) => {
    throw usageError(error, command, words);
  });
  declare(command);
  command.parse([...words], { from: 'user' });
  return command.opts();
}

function wordsOf(damaged: Uint8Array): readonly string[] {
  return textOf(damaged).split(' ');
}

describe('damaged words of a command line', () => {
  it('of train are refused, or a run', async () => {
    const line =
      'frozen-lake --agent dqn --preset cleanrl --set learningRate=1e-3 --set gamma=0.9 --world map=8x8 --reward hole=-1 --wrap frameStack=2 --seed 7';
    await isRefusedOrUsed(
      'words of train',
      line,
      (damaged) => {
        const words = wordsOf(damaged);
        const options = parsed(words, (command) => withRunOptions(command).addOption(seedOption()));
        return readRun(options, words[0]);
      },
      ({ request }) => same(resolveRun(request).request, request),
    );
  });

  it('of fit are refused, or a fit', async () => {
    const line =
      'mnist --model cnn --preset mnist --set batchSize=32 --data trainLimit=500 --augment shift=2 --seed 7';
    await isRefusedOrUsed(
      'words of fit',
      line,
      (damaged) => {
        const words = wordsOf(damaged);
        const options = parsed(words, (command) => withFitOptions(command).addOption(seedOption()));
        return readFit(options, words[0]);
      },
      ({ request }) => same(resolveFit(request).request, request),
    );
  });
});

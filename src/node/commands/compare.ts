/** `ludus compare A B`: whether B is better, from trained seeds or from seeds that it trains itself, as many as it takes. */
import type { Command } from '@commander-js/extra-typings';
import { isDeepStrictEqual } from 'node:util';
import { adaStop, ADASTOP, type AdaStopResult } from '#core/adastop.ts';
import { InputError, refusal, show } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { known } from '#core/near.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import type { Experiment } from '../bench/results/suite.ts';
import { compare, scoresPerSeed, type ComparisonOptions } from '../compare/comparison.ts';
import { checkWorlds, type Contestant } from '../compare/contestant.ts';
import { formatComparison } from '../compare/report.ts';
import { experimentsOf } from '../compare/request.ts';
import { isStored, readStored } from '../compare/stored.ts';
import { Training } from '../compare/training.ts';
import { choiceOption, countOption, MOST_EPISODES, pairsOption, textOption, type Pairs } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { withoutSlash } from '../paths.ts';
import { exitCode, watchSignals } from '../signals.ts';

interface CompareOptions {
  readonly score: 'greedy' | 'training';
  readonly seeds?: number | undefined;
  readonly steps?: number | undefined;
  readonly episodes?: number | undefined;
  readonly untilDecided?: true | undefined;
  readonly jobs?: number | undefined;
  readonly out?: string | undefined;
  readonly random?: Pairs | undefined;
  readonly best?: Pairs | undefined;
  readonly json?: true | undefined;
}

const SEEDS = 10;
const STEPS = 100_000;
const EPISODES = 100;
/** Options that mean something only where seeds are to be trained. */
const OF_TRAINING = ['seeds', 'steps', 'episodes', 'jobs', 'out'] as const;

export function compareAgents(command: Command): void {
  const subject =
    'a run folder, a folder of run folders, records of `bench` (file.jsonl or folder, with #part of a name), or runs to train in quotes: "<world>[,<world>…] [--agent, --preset, --set, --world, --reward, --wrap, --demonstrations of train]"';
  command
    .argument('<A>', subject)
    .argument('<B>', 'what A is compared with, named in the same ways')
    .addOption(
      choiceOption('--score <name>', 'greedy: evaluation after training; training: last 100 episodes', [
        'greedy',
        'training',
      ]).default('greedy' as const),
    )
    .addOption(countOption('--seeds <n>', `Seeds 1 to n of each (default: ${SEEDS})`, 1, 10_000))
    .addOption(countOption('--steps <n>', `Env steps per seed (default: ${STEPS})`, 1, 1e12))
    .addOption(
      countOption('--episodes <n>', `Greedy episodes per seed (default: ${EPISODES})`, 1, MOST_EPISODES),
    )
    .option(
      '--until-decided',
      `Add ${ADASTOP.group} seeds of each at a time until AdaStop decides, ${ADASTOP.group * ADASTOP.groups} at most`,
    )
    .addOption(countOption('--jobs <n>', 'Seeds trained in parallel (default: 1)', 1, 256))
    .addOption(textOption('--out <dir>', 'Folder that keeps the trained seeds (default: runs/compare)'))
    .addOption(pairsOption('--random <world=score>', 'Score of random play, where none is known'))
    .addOption(pairsOption('--best <world=score>', 'Best score, where none is known'))
    .option('--json', 'Print JSON; the default when piped')
    .addHelpText(
      'after',
      examples(
        'compare "cart-pole --agent dqn" "cart-pole --agent ppo" --steps 50000 --until-decided --jobs 2',
        'compare "docs/results/breakout.jsonl#dqn-arcade" "docs/results/breakout.jsonl#rainbow" --score training',
      ),
    )
    .action(runCompare);
}

type Source =
  | { readonly kind: 'trained'; readonly contestant: Contestant }
  | { readonly kind: 'request'; readonly name: string; readonly experiments: readonly Experiment[] };

async function runCompare(a: string, b: string, options: CompareOptions): Promise<void> {
  const sources = [await sourceOf(a, 'A', options), await sourceOf(b, 'B', options)];
  const [ofA, ofB] = sources.map((source) =>
    source.kind === 'trained' ? source.contestant.tasks : source.experiments,
  );
  checkWorlds(ofA, ofB);
  // Of equal seeds, every score would be equal.
  if (sources.every(({ kind }) => kind === 'request') && isDeepStrictEqual(ofA, ofB))
    throw refusal('B', 'runs that differ from those of A', `${show(b)}, which asks for the same`);
  const trains = sources.some(({ kind }) => kind === 'request');
  const idle = trains ? undefined : OF_TRAINING.find((name) => options[name] !== undefined);
  if (idle !== undefined)
    throw refusal(`--${idle}`, 'nothing where all seeds are trained', show(options[idle]));
  if (options.untilDecided && options.seeds !== undefined)
    throw refusal('--seeds', 'nothing with --until-decided', show(options.seeds));
  const scale: ComparisonOptions = {
    score: options.score,
    random: scoresOf('--random', options.random),
    best: scoresOf('--best', options.best),
  };
  using interruption = watchSignals();
  const folder = withoutSlash(options.out ?? 'runs/compare');
  using training = trains ? new Training({ folder, jobs: options.jobs ?? 1, interruption }) : undefined;
  const take = async (seeds: number): Promise<readonly Contestant[]> => {
    const sides = sources.flatMap((source, k) =>
      source.kind === 'request' ? source.experiments.map((each) => [each, 'AB'[k]] as const) : [],
    );
    await training?.train(new Map(sides), seeds);
    return sources.map((source) => contestantOf(source, seeds, training));
  };
  let test: AdaStopResult | undefined;
  let contestants: readonly Contestant[] = [];
  if (options.untilDecided) {
    const { group, groups } = ADASTOP;
    for (let k = 1; k <= groups && !interruption.signal && (test?.decision ?? 'open') === 'open'; k++) {
      contestants = await take(k * group);
      if (!interruption.signal) test = testOf(contestants, scale);
      if (test && test.seeds < k * group) break;
    }
  } else contestants = await take(trains ? (options.seeds ?? SEEDS) : Infinity);
  if (interruption.signal) {
    process.exitCode = exitCode(interruption.signal);
    return;
  }
  const comparison = compare(contestants[0], contestants[1], scale);
  if (wantsJson(options.json))
    printJson({ kind: 'comparison', ...comparison, ...(test && { adaStop: test }) });
  else printLine(formatComparison(comparison, test));
  if (training && training.failures > 0) process.exitCode = 1;
}

async function sourceOf(text: string, field: string, options: CompareOptions): Promise<Source> {
  if (isStored(text)) return { kind: 'trained', contestant: await readStored(text, field, text) };
  const { steps = STEPS, episodes = EPISODES, seeds = SEEDS } = options;
  const [world = ''] = text.trim().split(/[\s,]/);
  if (!worlds.some(({ id }) => id === world)) {
    const names = worlds.map(({ id }) => id);
    throw refusal(
      field,
      `a path that exists, or runs of a world (${known(world, names, 'ludus envs')})`,
      show(text),
    );
  }
  return {
    kind: 'request',
    name: text.trim(),
    experiments: experimentsOf(text, field, { steps, episodes, seeds }),
  };
}

/** With the first seeds only, in the order of their numbers, so that a test that adds seeds looks at no others. */
function contestantOf(source: Source, seeds: number, training: Training | undefined): Contestant {
  if (source.kind === 'trained') {
    const { name, tasks } = source.contestant;
    return { name, tasks: tasks.map((task) => ({ ...task, seeds: task.seeds.slice(0, seeds) })) };
  }
  if (!training) throw new Error('compare: expected a folder of trained seeds');
  return training.contestant(source.name, source.experiments, seeds);
}

function testOf(contestants: readonly Contestant[], scale: ComparisonOptions): AdaStopResult {
  const [a, b] = scoresPerSeed(contestants[0], contestants[1], scale);
  return adaStop(b, a, rngStreams(1)('adastop'));
}

function scoresOf(flag: string, pairs: Pairs = {}): Readonly<Record<string, number>> {
  const scores = Object.entries(pairs).map(([world, text]): [string, number] => {
    const score = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(score)) throw refusal(`${flag} ${world}`, 'a number', show(text));
    return [world, score];
  });
  const names = worlds.map(({ id }) => id);
  const problems = scores
    .filter(([world]) => !names.includes(world))
    .map(([world]) => ({ field: flag, expected: known(world, names, 'ludus envs'), got: show(world) }));
  if (problems.length > 0) throw new InputError(problems);
  return Object.fromEntries(scores);
}

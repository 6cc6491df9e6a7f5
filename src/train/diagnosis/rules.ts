/**
 * The rules of the diagnosis, the gravest first: each looks at a run's settings and its record, and says what is unusual and what
 * to try. Thresholds are wide: a rule that cries without need is worse than none.
 */
import type { Finding, Fix, RuleId } from '#core/finding.ts';
import { linear, stageAt } from '#core/schedule.ts';
import { knownScores } from '../catalogue/known-scores.ts';
import { learntAfter } from '../catalogue/learnt-after.ts';
import { isRewardEdit } from '#core/shaping.ts';
import type { Evidence } from './evidence.ts';

/** What the rules look at. */
export interface Facts {
  readonly world: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly wrappers: Readonly<Record<string, unknown>>;
  readonly rewards: Readonly<Record<string, unknown>>;
  /** Whether it learns from its own steps in the world, which its progress counts. */
  readonly explores: boolean;
  /** Whether its actions are continuous. */
  readonly continuous: boolean;
  readonly progress: number;
  /** Whether an update was made, of which the evidence may not know yet. */
  readonly updated: boolean;
  readonly evidence: Evidence;
}

type Verdict = Omit<Finding, 'id'> | undefined;

export interface Rule {
  readonly id: RuleId;
  readonly look: (facts: Facts) => Verdict;
}

/** How far beyond any return an estimate may be: bootstrapping overshoots at first, and the record may not have seen the best. */
const BEYOND = 5;
/** Growth and size of a gradient's norm that no default reaches: norms of 1 to 100 are usual, whatever the world. */
const GRADIENT_GROWTH = 100;
const LARGE_GRADIENT = 1000;
/** From here on most actions are random. */
const MOSTLY_RANDOM = 0.5;
/** Nats: below it the most probable action has 99 %. */
const COLLAPSED = 0.05;
/** Of all returns seen, by which the mean must have risen for a run to have learnt something. */
const RISE = 0.05;
/** Episodes that say something of a mean return. */
const ENOUGH_EPISODES = 20;
/** Episodes without any reward after which it will hardly come by itself, where no typical number of steps is known. */
const MANY_EPISODES = 200;
/** The largest coefficient of the entropy that is proposed: ten times the default of PPO. */
const MOST_ENTROPY = 0.1;
/** Share of a layer's units that is usual to be dead; more are lost to it (Sokar et al. 2023, fig. 1). */
const USUALLY_DEAD = 0.5;

export const rules: readonly Rule[] = [
  { id: 'values', look: explodedValues },
  { id: 'gradients', look: explodedGradients },
  { id: 'dead-units', look: deadUnits },
  { id: 'exploration', look: randomActions },
  { id: 'entropy', look: collapsedEntropy },
  { id: 'step-size', look: noStepSize },
  { id: 'reward', look: noReward },
  { id: 'frozen', look: frozen },
  { id: 'no-update', look: noUpdate },
  { id: 'longer', look: needsLonger },
];

/** Estimates, or the roots of their squared errors, that no return explains: bootstrapping feeds on its own errors. */
function explodedValues({ config, wrappers, rewards, evidence }: Facts): Verdict {
  // Rewards as the agent gets them are then of another size than the returns.
  if (wrappers['normaliseReward'] === true || Object.keys(rewards).some(isRewardEdit)) return undefined;
  const { gamma } = config;
  if (evidence.episodes < ENOUGH_EPISODES || typeof gamma !== 'number') return undefined;
  const most = Math.max(Math.abs(evidence.low), Math.abs(evidence.high));
  const endless = gamma < 1 ? evidence.steepest / (1 - gamma) : most;
  const bound = BEYOND * Math.max(1, most, endless);
  const value = Math.abs(evidence.lately('train/value') ?? 0);
  const squared = evidence.lately('train/value-loss') ?? evidence.lately('train/critic-loss') ?? 0;
  const off = Math.max(value, Math.sqrt(Math.max(0, squared)));
  if (off <= bound) return undefined;
  return {
    level: 'problem',
    what: `the estimates have exploded: they are about ${rounded(off)}, and no return was beyond ${rounded(most)}`,
    fixes: lowerLearningRate(config),
    tries: 'smaller reward weights',
  };
}

function explodedGradients({ config, evidence }: Facts): Verdict {
  const early = evidence.early('train/gradient-norm');
  const late = evidence.lately('train/gradient-norm');
  // A clipped gradient is harmless, whatever its norm was.
  if (early === undefined || late === undefined || config['gradientClip'] !== 0) return undefined;
  if (late < LARGE_GRADIENT || late < GRADIENT_GROWTH * early) return undefined;
  return {
    level: 'problem',
    what: `the gradients have exploded: their norm has grown from ${rounded(early)} to ${rounded(late)}`,
    fixes: [{ section: 'agent', key: 'gradientClip', value: 1 }, ...lowerLearningRate(config)],
  };
}

function deadUnits({ config, evidence: { dead } }: Facts): Verdict {
  if (!dead || dead.units <= USUALLY_DEAD * dead.of) return undefined;
  return {
    level: 'problem',
    what: `${dead.units} of ${dead.of} units with ReLU are dead: they output 0 for every recent observation`,
    fixes: lowerLearningRate(config),
    tries: 'leakyRelu in {network}, and a restart, as dead units seldom come back',
  };
}

function randomActions({ world, config, explores, progress, evidence }: Facts): Verdict {
  const { epsilonStart, epsilonEnd, epsilonSteps, epsilonSchedule = 'linear' } = config;
  if (!explores || progress === 0 || typeof epsilonStart !== 'number') return undefined;
  if (epsilonSchedule === 'constant' && epsilonStart >= MOSTLY_RANDOM)
    return stays('epsilonStart', epsilonStart, 0.1);
  if (epsilonSchedule !== 'linear' || typeof epsilonEnd !== 'number' || typeof epsilonSteps !== 'number')
    return undefined;
  if (epsilonEnd >= MOSTLY_RANDOM) return stays('epsilonEnd', epsilonEnd, 0.05);
  // Three times as long as the world's own agent took to learn.
  const patience = 3 * (learntAfter[world] ?? Infinity);
  const now = evidence.latest('train/epsilon') ?? linear(epsilonStart, epsilonEnd, epsilonSteps, progress);
  if (now <= MOSTLY_RANDOM || progress < patience) return undefined;
  return {
    level: 'note',
    what: `exploration is still at ε = ${rounded(now)}, and decays until step ${epsilonSteps} ({epsilonSteps})`,
    fixes: [{ section: 'agent', key: 'epsilonSteps', value: nice(progress) }],
  };
}

function stays(key: string, epsilon: number, value: number): Verdict {
  return {
    level: 'problem',
    what: `exploration stays at ε = ${epsilon} ({${key}}): the agent acts mostly at random, so its returns cannot rise`,
    fixes: [{ section: 'agent', key, value }],
  };
}

function collapsedEntropy(facts: Facts): Verdict {
  const { config, continuous, evidence } = facts;
  const { entropyCoefficient } = config;
  const entropy = evidence.lately('train/entropy');
  if (continuous || typeof entropyCoefficient !== 'number' || entropy === undefined) return undefined;
  if (entropy >= COLLAPSED || evidence.episodes < ENOUGH_EPISODES || hasRisen(facts)) return undefined;
  return {
    level: 'problem',
    what: `exploration has ended (entropy ${rounded(entropy)}) before returns have risen: the policy always does the same`,
    fixes: [{ section: 'agent', key: 'entropyCoefficient', value: more(entropyCoefficient) }],
    tries: 'a restart, as a policy seldom comes back from there',
  };
}

function noStepSize({ config, evidence }: Facts): Verdict {
  if (config['stepSize'] !== 0 || evidence.latest('train/step-size') !== 0) return undefined;
  return {
    level: 'problem',
    what: 'the step size is 0 ({stepSize}): nothing is learned',
    fixes: [{ section: 'agent', key: 'stepSize', value: 0.1 }],
  };
}

function noReward(facts: Facts): Verdict {
  const { world, explores, progress, evidence } = facts;
  if (!explores || evidence.variesInReturn || evidence.episodes < ENOUGH_EPISODES) return undefined;
  // One that is solved from the start has nothing to find.
  const { solved, optimum } = knownScores[world] ?? {};
  if (evidence.low >= (solved ?? optimum ?? Infinity)) return undefined;
  const typical = learntAfter[world];
  const late = typical === undefined ? evidence.episodes >= MANY_EPISODES : progress > 2 * typical;
  return {
    level: late ? 'problem' : 'note',
    what: `no episode has done better than any other yet: every return was ${rounded(evidence.low)}`,
    fixes: late ? moreExploration(facts) : [],
    tries: 'a bonus on the way to the goal',
  };
}

function moreExploration({ config, wrappers, continuous, progress }: Facts): readonly Fix[] {
  const { entropyCoefficient, epsilonSteps, epsilonEnd } = config;
  const fixes: Fix[] = [];
  // Of continuous actions, noise averages out from step to step unless each lasts.
  if (continuous && wrappers['actionRepeat'] === 1)
    fixes.push({ section: 'wrap', key: 'actionRepeat', value: 8 });
  if (typeof entropyCoefficient === 'number' && entropyCoefficient < MOST_ENTROPY)
    fixes.push({ section: 'agent', key: 'entropyCoefficient', value: more(entropyCoefficient) });
  if (typeof epsilonSteps === 'number' && typeof epsilonEnd === 'number' && epsilonSteps < 5 * progress)
    fixes.push({ section: 'agent', key: 'epsilonSteps', value: nice(10 * progress) });
  return fixes;
}

function frozen({ config, explores, progress }: Facts): Verdict {
  if (!explores || stageAt(config, progress) !== 'frozen') return undefined;
  return {
    level: 'note',
    what: `the learning rate is 0 from step ${Number(config['learningRateSteps'])} on ({learningRateSteps}): nothing is learned any more`,
    fixes: [{ section: 'agent', key: 'learningRateSteps', value: nice(2 * progress) }],
  };
}

function noUpdate({ config, explores, progress, updated }: Facts): Verdict {
  const { learningStarts, numEnvs, steps } = config;
  if (!explores || updated) return undefined;
  if (stageAt(config, progress) === 'filling')
    return {
      level: 'note',
      what: `no update yet: the replay buffer fills until step ${Number(learningStarts)} ({learningStarts})`,
      fixes: [],
    };
  if (typeof numEnvs !== 'number' || typeof steps !== 'number' || progress >= numEnvs * steps)
    return undefined;
  return {
    level: 'note',
    what: `no update yet: the first one comes after ${numEnvs * steps} steps ({numEnvs} × {steps})`,
    fixes: [],
  };
}

/** Nothing but patience, where the run has had a third of what its world takes. */
function needsLonger(facts: Facts): Verdict {
  const { world, explores, progress, evidence } = facts;
  const typical = learntAfter[world];
  if (!explores || typical === undefined || progress >= typical || progress < typical / 3) return undefined;
  if (evidence.episodes < ENOUGH_EPISODES || hasRisen(facts)) return undefined;
  return {
    level: 'note',
    what: `returns have not risen yet: the agent that this world starts with took about ${nice(typical)} steps to learn it`,
    fixes: [],
  };
}

function hasRisen({ evidence }: Facts): boolean {
  const { firstReturn, lastReturn, low, high } = evidence;
  return lastReturn > firstReturn + RISE * (high - low);
}

export function lowerLearningRate(config: Facts['config']): readonly Fix[] {
  return ['learningRate', 'stepSize'].flatMap((key) => {
    const { [key]: value } = config;
    if (typeof value !== 'number' || value <= 0) return [];
    return [{ section: 'agent' as const, key, value: Math.max(1e-6, Number((value / 10).toPrecision(2))) }];
  });
}

/** Ten times an entropy coefficient, at least the default of PPO. */
function more(coefficient: number): number {
  return Math.min(MOST_ENTROPY, Math.max(0.01, Number((10 * coefficient).toPrecision(2))));
}

/** A number of steps in two digits. */
function nice(steps: number): number {
  return Number(steps.toPrecision(2));
}

function rounded(value: number): string {
  return Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1).replace('e+', 'e');
}

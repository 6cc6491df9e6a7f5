/** What a sweep shows, in words. */
import type { Round, SweepOverview, TrialState } from '#worker/sweep/protocol.ts';
import { brief, figure, layersIn, percent, plural } from '../state/values.ts';

type Axis = SweepOverview['axes'][number];

export const STATES: Readonly<Record<TrialState, string>> = {
  done: 'Done',
  failed: 'Failed',
  open: 'Goes on',
  waits: 'Waits',
  stopped: 'Stopped',
};

/** Why a trial is in its state, for those who do not know the method. */
export const STATE_HELP: Readonly<Record<TrialState, string>> = {
  done: 'Trained to the end',
  failed: 'The run diverged or could not be',
  open: 'Is being trained on, or will be as soon as it is its turn',
  waits: 'Whether it is trained on is not decided yet',
  stopped: 'Others were better: it is not trained on',
};

export function isPbt({ search }: SweepOverview): boolean {
  return search.kind === 'pbt';
}

/** `Trial 7`, `Member 3`. */
export function nameOf(overview: SweepOverview, trial: number): string {
  return `${isPbt(overview) ? 'Member' : 'Trial'} ${trial}`;
}

/** A field's name without its part, where that is enough. */
export function fieldName({ axes }: SweepOverview, { field, key }: Axis): string {
  return axes.filter((axis) => axis.key === key).length > 1 ? field : key;
}

/** A value that fits a column. */
export function short(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : (layersIn(value) ?? brief(value));
}

export function scoreText(score: number): string {
  return score === -Infinity ? 'failed' : figure(score);
}

/** What its steps are. */
export function unitOf({ kind }: Pick<SweepOverview, 'kind'>): string {
  return kind === 'fit' ? 'epochs' : 'env steps';
}

/** `2 500 env steps`, `1 epoch`. */
export function stepsText({ kind }: Pick<SweepOverview, 'kind'>, steps: number): string {
  return plural(steps, kind === 'fit' ? 'epoch' : 'env step');
}

export function methodOf(overview: SweepOverview): string {
  const { search, axes } = overview;
  switch (search.kind) {
    case 'grid':
      return `Grid of ${plural(
        axes.reduce(
          (all, { values }) => all * (values.kind === 'list' ? values.list.length : (values.count ?? 1)),
          1,
        ),
        'point',
      )}`;
    case 'random':
      return `Random search of ${plural(search.trials, 'trial')}`;
    case 'halving':
      return `Successive halving of ${plural(search.trials, 'trial')}, the best 1 in ${search.eta} trained on from ${stepsText(overview, search.minSteps)}`;
    case 'asha':
      return `ASHA with ${plural(search.trials, 'trial')}, the best 1 in ${search.eta} trained on from ${stepsText(overview, search.minSteps)}`;
    case 'pbt':
      return `Population-based training of ${plural(search.population, 'member')}; every ${stepsText(overview, search.interval)} the worst ${percent(search.quantile)} take over one of the best`;
  }
}

/** What has changed of a member's settings where it took over another: `learningRate 0.001 → 0.0012`. */
export function changesOf(overview: SweepOverview, { trial, round }: Pick<Round, 'trial' | 'round'>): string {
  const own = roundOf(overview, trial, round);
  if (own?.parent === undefined) return '';
  const before = roundOf(overview, own.parent, round - 1);
  const changes = overview.axes.flatMap((axis) => {
    const [was, is] = [before?.point[axis.field], own.point[axis.field]];
    const name = fieldName(overview, axis);
    return before && short(was) === short(is)
      ? []
      : [`${name} ${before ? `${short(was)} → ` : ''}${short(is)}`];
  });
  return `took over member ${own.parent}: ${changes.join(', ') || 'no setting changed'}`;
}

export function roundOf({ trials }: SweepOverview, trial: number, round: number): Round | undefined {
  return trials.find((each) => each.trial === trial)?.rounds.find((each) => each.round === round);
}

/** A trial after a round, in one line. */
export function tell(overview: SweepOverview, place: Pick<Round, 'trial' | 'round'>): string {
  const round = roundOf(overview, place.trial, place.round);
  if (!round) return '';
  const settings = overview.axes.map(
    (axis) => `${fieldName(overview, axis)} ${short(round.point[axis.field])}`,
  );
  const score = `${nameOf(overview, round.trial)}: ${scoreText(round.score)} after ${stepsText(overview, round.steps)}`;
  return `${score}; ${changesOf(overview, round) || settings.join(', ')}`;
}

/** All about a trial: the best, until another is chosen. */
import { ExternalLink } from 'lucide-preact';
import type { SweepOverview, TrialLook } from '#worker/sweep/protocol.ts';
import type { SweepStore } from './sweep-store.ts';
import {
  changesOf,
  fieldName,
  isPbt,
  nameOf,
  roundOf,
  scoreText,
  short,
  STATE_HELP,
  STATES,
  stepsText,
} from './words.ts';

interface TrialCardProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
}

export function TrialCard({ store, overview }: TrialCardProps) {
  const { value: told } = store.told;
  const trial = overview.trials.find((each) => each.trial === told?.trial);
  const round = told && (roundOf(overview, told.trial, told.round) ?? trial?.rounds.at(-1));
  if (!trial || !round) return null;
  const { best, axes } = overview;
  const isBest = best?.trial === round.trial && best.round === round.round;
  const { value: link } = store.link;
  return (
    <section class="card sweep-trial" aria-label="The trial">
      <header>
        <h2>
          {nameOf(overview, trial.trial)}
          {isBest ? ', the best' : ''}
        </h2>
        <span class="sweep-state" title={STATE_HELP[trial.state]}>
          {STATES[trial.state]}
        </span>
      </header>
      <dl class="sweep-settings">
        <div>
          <dt>Score</dt>
          <dd>
            {scoreText(round.score)} after {stepsText(overview, round.steps)}
          </dd>
        </div>
        {round.seeds.length > 1 ? (
          <div>
            <dt>By seed</dt>
            <dd>{round.seeds.map((seed, k) => `${seed}: ${scoreText(round.scores[k])}`).join(', ')}</dd>
          </div>
        ) : (
          <div>
            <dt>Seed</dt>
            <dd>{round.seeds[0]}</dd>
          </div>
        )}
        {axes.map((axis) => (
          <div key={axis.field}>
            <dt title={axis.field}>{fieldName(overview, axis)}</dt>
            <dd title={String(round.point[axis.field])}>{short(round.point[axis.field])}</dd>
          </div>
        ))}
      </dl>
      {trial.rounds.length > 1 ? <History {...{ store, overview, trial }} /> : null}
      {link === undefined ? null : (
        <p>
          <a class="sweep-link" href={`#${link}`} target="_blank" rel="noreferrer">
            <ExternalLink size={14} aria-hidden /> Open this in the{' '}
            {overview.kind === 'fit' ? 'classifier' : 'arena'}
          </a>
        </p>
      )}
      {isBest && best ? (
        <p class="sweep-command">
          <code>
            {best.command.split(' ').flatMap((word, k) => [k === 0 ? '' : ' ', <span>{word}</span>])}
          </code>
        </p>
      ) : null}
    </section>
  );
}

/** The rounds of a trial, each to look at. */
function History({ store, overview, trial }: TrialCardProps & { readonly trial: TrialLook }) {
  const { value: told } = store.told;
  return (
    <>
      <h3>{isPbt(overview) ? 'Generations' : 'Rungs'}</h3>
      <ol class="sweep-rounds">
        {trial.rounds.map(({ round, steps, score }) => (
          <li key={round}>
            <button
              type="button"
              aria-pressed={told?.round === round}
              onClick={() => (store.chosen.value = { trial: trial.trial, round })}
            >
              {stepsText(overview, steps)}: {scoreText(score)}
            </button>
            <span class="dim">{changesOf(overview, { trial: trial.trial, round })}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The head of a sweep: what it searches and how, how far it is, and the best so far. */
import { RefreshCw } from 'lucide-preact';
import type { Interval } from '#core/bootstrap.ts';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { capital, count, figure, plural } from '../state/values.ts';
import { FileButton, FolderButton, OpenButtons } from './open-buttons.tsx';
import type { SweepStore } from './sweep-store.ts';
import { methodOf, nameOf, stepsText } from './words.ts';

interface SummaryProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
  readonly incomplete: number;
}

export function Summary({ store, overview, incomplete }: SummaryProps) {
  const { title, preset, steps, done, failed, size, isOver, search, scores, remark } = overview;
  const { value: source } = store.source;
  const about = search.kind === 'asha' && !isOver ? 'about ' : '';
  const jobs = isOver
    ? `${plural(done, 'job')}, all done`
    : `${count(done)} of ${about}${count(size)} jobs done`;
  return (
    <section class="card sweep-summary" aria-labelledby="sweep-name">
      <header>
        <h2 id="sweep-name">{title}</h2>
        <span class="dim">{source?.name}</span>
        <span class="sweep-buttons">
          {source?.isLive ? (
            <>
              <button
                type="button"
                class="sweep-button"
                title="It is read again by itself, every two seconds"
                onClick={() => void store.look()}
              >
                <RefreshCw size={14} aria-hidden /> Read again
              </button>
              <OpenButtons store={store} />
            </>
          ) : (
            <>
              <FileButton store={store}>
                <RefreshCw size={14} aria-hidden /> Choose again …
              </FileButton>
              <FolderButton store={store} />
            </>
          )}
        </span>
      </header>
      <p class="sweep-about">
        {methodOf(overview)}. {stepsText(overview, steps)} per {overview.kind}
        {preset === undefined ? '' : `, preset ${preset}`}; the score is {scores}.
      </p>
      <div class="sweep-progress">
        <progress aria-label="Jobs done" value={isOver ? 1 : Math.min(done, size)} max={isOver ? 1 : size} />
        <span role="status">
          {jobs}
          {failed > 0 ? `, ${count(failed)} failed` : ''}
        </span>
        <Freshness store={store} isOver={isOver} />
      </div>
      <Best overview={overview} />
      {remark === undefined ? null : <p class="dim">{capital(remark)}.</p>}
      {incomplete > 0 ? (
        <p class="dim">
          {plural(incomplete, 'line')} of the results {incomplete === 1 ? 'is' : 'are'} incomplete, as an
          interruption leaves them, and left out.
        </p>
      ) : null}
    </section>
  );
}

function Freshness({ store, isOver }: { readonly store: SweepStore; readonly isOver: boolean }) {
  const { value: at } = store.changedAt;
  if (isOver || !at) return null;
  const time = at.toLocaleTimeString();
  return (
    <span class="dim">
      {store.source.value?.isLive
        ? `last result read at ${time}`
        : `as it was at ${time}: choose the files again, or drop them here, to see more`}
    </span>
  );
}

/** What the best was tested on. */
function othersOf({ kind }: SweepOverview, seeds: number): string {
  return kind === 'fit'
    ? `the test examples, with ${plural(seeds, 'other seed')}`
    : `${plural(seeds, 'seed')} that it was not chosen on`;
}

function spreadOf(interval: Interval | undefined): string {
  if (!interval) return '';
  return ` (interquartile mean, 95 % interval [${figure(interval.low)}, ${figure(interval.high)}])`;
}

function Best({ overview }: { readonly overview: SweepOverview }) {
  const { best } = overview;
  if (!best) return null;
  const { trial, score, steps, test, equals } = best;
  return (
    <p class="sweep-best-line">
      <b>
        Best: {nameOf(overview, trial).toLowerCase()}, with a score of {figure(score)}
      </b>{' '}
      after {stepsText(overview, steps)} (by which it was chosen
      {equals > 0 ? `; the first of ${equals + 1} trials that tie` : ''})
      {test
        ? `; on ${othersOf(overview, test.scores.length)}: ${figure(test.iqm)}${spreadOf(test.interval)}`
        : ''}
      .
    </p>
  );
}

/** The time machine: a run's past on a timeline, to watch, to test, and to go back to. */
import { useEffect, useState } from 'preact/hooks';
import { megabytes } from '#core/bytes.ts';
import type { DockProps } from '../parts/dock.tsx';
import { StageCanvas } from '../parts/stage-canvas.tsx';
import type { RunStore } from '../state/run-store.ts';
import { count, figure, percent, plural } from '../state/values.ts';
import { TestResults, Tests } from './tests.tsx';
import { describe, TimeView } from './time-view.ts';
import { Track } from './track.tsx';
import './time.css';

export function TimeTab({ page, stage }: DockProps) {
  const { value: run } = page.focused;
  const view = useView(run, page.spawn);
  if (!view) return <section class="time" aria-label="Time" />;
  const { value: timeline } = view.timeline;
  if (!timeline)
    return (
      <section class="time" aria-label="Time">
        <p class="dim">The past of a run appears here once it has started.</p>
      </section>
    );
  const { value: chosen } = view.chosen;
  const unit = run.unit === 'examples' ? 'examples' : 'steps';
  return (
    <section class="time" aria-label="Time" data-run={page.letterOf(run)}>
      <figure class="time-stage">
        <div class="time-picture">
          <StageCanvas
            // Another run has not played anything yet.
            key={view}
            stage={stage}
            on={view.screen}
            label="What is played of the past"
          />
          {view.shown.value ? null : (
            <p class="time-hint">Go back with ← or choose a mark to see how it played then.</p>
          )}
        </div>
        <figcaption>
          <Caption view={view} unit={unit} />
        </figcaption>
      </figure>
      <div class="time-past">
        <Track view={view} run={run} timeline={timeline} unit={unit} />
        <p class="time-place" role="status" aria-label="Place in time">
          {view.busy.value ?? `Chosen: ${chosen ? describe(chosen, unit) : 'the agent as it is now'}`}
        </p>
        <Moves view={view} />
        <div class="time-moves">
          <Tests view={view} seed={Number(run.worker.info.value?.request.seed ?? 1)} />
          <Return view={view} run={run} />
        </div>
        <TestResults view={view} />
        {view.problem.value === undefined ? null : (
          <p class="error" role="alert">
            {view.problem.value}
          </p>
        )}
        <p class="time-cost">
          {plural(timeline.checkpoints.length, 'checkpoint')} in {megabytes(timeline.bytes)}, for{' '}
          {percent(timeline.cost)} of the time.
          {timeline.exact
            ? ''
            : ' The replay buffer is too large to be kept: going back restores what was learnt, not what was experienced.'}
        </p>
      </div>
    </section>
  );
}

function useView(run: RunStore, spawn: DockProps['page']['spawn']): TimeView | undefined {
  const [view, setView] = useState<TimeView>();
  // Each run has a record of its own; one that goes back or is restarted keeps it, and its view.
  const { record } = run.worker;
  useEffect(() => {
    const made = new TimeView(run, spawn);
    setView(made);
    return () => made[Symbol.dispose]();
  }, [run, record, spawn]);
  return view;
}

interface PartProps {
  readonly view: TimeView;
}

function Caption({ view, unit }: PartProps & { readonly unit: string }) {
  const { value: shown } = view.shown;
  const { value: picture } = view.screen.score;
  if (!shown) return null;
  const what =
    shown.kind === 'film'
      ? `Episode ${count(shown.number)}, as it was`
      : `${count(shown.step)} ${unit}, without exploring`;
  const { episode, last } = picture ?? {};
  return (
    <>
      <strong>{what}</strong>
      <span>
        {episode ? `${figure(episode.return)} in ${plural(episode.length, 'step')}` : ''}
        {last ? `; last ${figure(last.return)}` : ''}
      </span>
    </>
  );
}

/** Jumps between telling moments, and episodes to watch as they were. */
function Moves({ view }: PartProps) {
  const { value: timeline } = view.timeline;
  const [before, after] = [view.neighbour(-1), view.neighbour(1)];
  const jump = (step: number | undefined) => () => {
    if (step !== undefined) void view.choose(view.placeOf(step));
  };
  return (
    <div class="time-moves">
      <span class="time-group" role="group" aria-label="Telling moments">
        <button type="button" disabled={before === undefined} onClick={jump(before)}>
          Previous moment
        </button>
        <button type="button" disabled={after === undefined} onClick={jump(after)}>
          Next moment
        </button>
        <button
          type="button"
          disabled={view.place.value === 'now'}
          title="Back to the agent as it is now"
          onClick={() => void view.choose('now')}
        >
          Now
        </button>
      </span>
      {timeline && timeline.tapes.length > 0 ? (
        <span class="time-group" role="group" aria-label="Episodes as they were">
          <span class="dim">Watch episode</span>
          {timeline.tapes.map(({ number, return: total, length }) => (
            <button
              key={number}
              type="button"
              title={`Return ${figure(total)} in ${plural(length, 'step')}, replayed exactly`}
              onClick={() => void view.film(number)}
            >
              {count(number)}
            </button>
          ))}
        </span>
      ) : null}
    </div>
  );
}

/** Takes the run itself back, and forward again. */
function Return({ view, run }: PartProps & { readonly run: RunStore }) {
  const { value: timeline } = view.timeline;
  const { value: chosen } = view.chosen;
  return (
    <span class="time-group">
      {chosen ? (
        <button
          type="button"
          class="main"
          disabled={!run.worker.ready}
          title="The run itself returns to this checkpoint, with the live settings of then, and goes on from there"
          onClick={() => void view.goBack(chosen.id)}
        >
          Continue from here
        </button>
      ) : null}
      {timeline?.left === undefined ? null : (
        <button
          type="button"
          title="The run returns to where it was before it went back"
          onClick={() => void view.goBack('left')}
        >
          Return to {count(timeline.left)}
        </button>
      )}
    </span>
  );
}

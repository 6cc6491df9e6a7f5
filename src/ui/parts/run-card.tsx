/** The card of a run: what is learning, the picture of its world, its numbers, and the agent's view of its actions. */
import { Gamepad2, X } from 'lucide-preact';
import { gigabytes, MUCH_MEMORY } from '#core/bytes.ts';
import { PaintOverlay } from '../editors/paint-overlay.tsx';
import type { Stage } from '#view/stage.ts';
import type { Action, Actions } from '../state/actions.ts';
import { firstHint } from '../state/keys.ts';
import type { Page } from '../state/page.ts';
import { MEAN_OVER } from '../state/record.ts';
import type { RunStore } from '../state/run-store.ts';
import { count, figure, plural } from '../state/values.ts';
import { FirstSight } from '../first-sight/first-sight.tsx';
import { InspectionBars } from './inspection.tsx';
import { LetterBadge } from './letter.tsx';
import { Diagnosis } from './diagnosis.tsx';
import { RunNotice } from './notices.tsx';
import { Shown } from './overlays/shown.tsx';
import { OverlayToolbar } from './overlays/toolbar.tsx';
import { Quantity } from './quantity.tsx';
import { PlayKeys, PlayNumbers, Recorded } from './play-panel.tsx';
import { IconButton } from './icon-button.tsx';
import { StageCanvas } from './stage-canvas.tsx';

interface RunCardProps {
  readonly page: Page;
  readonly run: RunStore;
  readonly actions: Actions;
  readonly stage: Promise<Stage>;
}

export function RunCard({ page, run, actions, stage }: RunCardProps) {
  const { value: game } = run.humanPlays.game;
  const letter = page.letterOf(run);
  const focus = (): void => page.focus(run);
  return (
    <article
      class="run"
      aria-label={`Run ${letter}: ${titleOf(run)}`}
      aria-current={(page.comparing.value && page.focused.value === run) || undefined}
      data-run={letter}
      data-taken={game ? '' : undefined}
      onPointerDown={focus}
      onFocusIn={focus}
    >
      <Head page={page} run={run} action={actions.humanPlay} />
      {page.hides('overlays') ? null : <OverlayToolbar page={page} run={run} />}
      <Shown page={page} run={run} taken={game !== undefined}>
        <StageCanvas stage={stage} on={run.worker.screen} label={`Picture of ${worldOf(run)}`} />
        <PaintOverlay page={page} run={run} />
        <RunNotice run={run} />
      </Shown>
      <FirstSight page={page} run={run} />
      <div class="readout">
        <div class="told">
          {game ? <PlayNumbers page={page} run={run} /> : <Numbers run={run} />}
          <Recorded page={page} run={run} />
        </div>
        {game ? <PlayKeys run={run} /> : page.shown.value.has('bars') ? <InspectionBars run={run} /> : null}
      </div>
    </article>
  );
}

/** `DQN on CartPole`. */
function titleOf({ worker, form, draft }: RunStore): string {
  const { value: info } = worker.info;
  const agent = form.titleOf(info?.request.agent ?? draft.value.agent);
  return `${agent} on ${info?.spec.title ?? form.world.value?.title ?? draft.value.world}`;
}

function worldOf({ worker }: RunStore): string {
  return worker.info.value?.spec.title ?? '';
}

function Head({ page, run, action }: Pick<RunCardProps, 'page' | 'run'> & { readonly action: Action }) {
  const { worker } = run;
  const info = worker.info.value;
  const { value: game } = run.humanPlays.game;
  const taken = game !== undefined;
  const { value: asked } = run.cloning.asked;
  return (
    <header class="run-head">
      <div>
        <h2 class="run-title">
          <LetterBadge page={page} run={run} /> <span title={titleOf(run)}>{titleOf(run)}</span>
        </h2>
        <div class="state-line">
          <p class="state">
            <span role="status" aria-label="State">
              {taken ? 'You are playing' : page.waits(run) ? STATES.starting : stateOf(worker)}
            </span>
            {game && !run.humanPlays.begun.value ? (
              <span class="play-hint">{firstHint(game.realTime, hasTouch())}</span>
            ) : null}
            {asked && !taken ? (
              <span class="waits-for">{run.form.titleOf(asked.request.agent)} waits for a recording</span>
            ) : null}
            {info && info.slots > 1 && !taken ? (
              <span title="The agent plays several copies of the world in parallel; the picture shows the first">
                World 1 of {info.slots}
              </span>
            ) : null}
            {info && info.workers > 1 ? (
              <span title="Workers update shared parameters without waiting for each other, so the same seed gives a different run every time">
                {info.workers} workers, not reproducible
              </span>
            ) : null}
            {info && info.memoryBytes >= MUCH_MEMORY ? (
              <span title="What its replay buffer takes once it is full, or its rollout; saving takes as much again for a moment. Smaller ones or smaller observations take less">
                Needs {gigabytes(info.memoryBytes)} of memory
              </span>
            ) : null}
          </p>
          {taken || page.hides('diagnosis') ? null : <Diagnosis page={page} run={run} />}
        </div>
      </div>
      {page.hides('humanPlay') ? null : (
        <TakeOverButton page={page} run={run} action={action} taken={taken} />
      )}
      {page.comparing.value ? (
        <IconButton
          label={`Close run ${page.letterOf(run)}`}
          title="Close this run; the others continue"
          onClick={({ detail }) => {
            page.close(run);
            // By keyboard: the button that had the focus is gone.
            if (detail === 0) document.querySelector<HTMLElement>('[data-action=compare]')?.focus();
          }}
        >
          <X size={16} aria-hidden />
        </IconButton>
      ) : null}
    </header>
  );
}

/** Whether the player has buttons under the finger instead of keys. */
function hasTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

/** The state in a word or two; a finished fit still plays. */
export function stateOf({ phase, pausing, progress, screen }: RunStore['worker']): string {
  if (phase.value === 'starting' && screen.previewing.value) return 'A recording, until it starts';
  if (phase.value === 'paused' && pausing.value > 0) return 'Pausing…';
  return phase.value === 'running' && progress.value.finished ? 'Finished learning' : STATES[phase.value];
}

const STATES = { starting: 'Starting…', running: 'Learning', paused: 'Paused', failed: 'Stopped' } as const;

interface TakeOverProps extends Pick<RunCardProps, 'page' | 'run'> {
  readonly action: Action;
  readonly taken: boolean;
}

function TakeOverButton({ page, run, action, taken }: TakeOverProps) {
  const keys = taken ? 'Esc or H' : 'H';
  // The key goes to the run that is focused.
  const hasKey = taken || page.focused.value === run;
  return (
    <button
      type="button"
      class={`icon wide ${taken ? 'taken' : ''}`}
      disabled={!run.worker.ready}
      aria-keyshortcuts={hasKey ? action.keyName : undefined}
      title={`${taken ? 'Hand control back to the agent' : action.label}${hasKey ? ` (${keys})` : ''}`}
      onClick={() => void page.toggleHumanPlay(run)}
    >
      <Gamepad2 size={16} aria-hidden /> {taken ? 'Give back' : 'Take over'}
      {hasKey ? <kbd aria-hidden>{taken ? 'Esc' : 'H'}</kbd> : null}
    </button>
  );
}

function Numbers({ run: { worker } }: { readonly run: RunStore }) {
  const { done, episodes, rate } = worker.progress.value;
  const unit = worker.info.value?.unit === 'examples' ? 'Examples' : 'Steps';
  const episode = worker.screen.episode.value;
  const running = worker.phase.value === 'running';
  void worker.record.version.value;
  return (
    <dl class="numbers">
      <Quantity label={unit} value={count(done)} />
      <Quantity label={`${unit}/s`} value={running ? count(rate) : '–'} />
      <Quantity label="Episodes" value={count(episodes)} />
      <Quantity
        label="Mean return"
        title={`Of the last ${MEAN_OVER} episodes`}
        value={figure(worker.record.returns.latestMean)}
      />
      <Quantity
        label="This episode"
        value={`${figure(episode.return)} in ${plural(episode.length, 'step')}`}
      />
    </dl>
  );
}

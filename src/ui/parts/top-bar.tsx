/** The bar across the top: controls, speed and backend. */
import { Columns2, Pause, Play, RotateCcw, StepForward } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { BACKENDS, type BackendChoice, type BackendInfo } from '#worker/protocol.ts';
import type { Action, Actions } from '../state/actions.ts';
import type { Page } from '../state/page.ts';
import type { FilmDeps } from '../share/film-maker.ts';
import { ShareButton } from '../share/share-button.tsx';
import { problemAt } from '../state/values.ts';
import { LessonsButton } from '../lessons/lessons-button.tsx';
import type { Lessons } from '../lessons/lessons.ts';
import { Brand } from './brand.tsx';
import { SaveState, type SaveStateProps } from './save-state.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { Expected } from './expected.tsx';

interface BarProps {
  readonly page: Page;
  readonly lessons: Lessons;
  readonly saving: SaveStateProps['saving'];
  readonly actions: Actions;
  readonly film: FilmDeps;
}

export function TopBar({ page, lessons, saving, actions, film }: BarProps) {
  const running = page.running.value;
  return (
    <header class="top">
      <Brand room="arena" />
      <div class="group" role="group" aria-label="Run">
        {page.hides('reset') ? null : (
          <ActionButton action={actions.reset}>
            <RotateCcw size={16} aria-hidden />
          </ActionButton>
        )}
        {page.hides('play') ? null : (
          <ActionButton action={actions.toggle} class="primary" label={running ? 'Pause' : 'Play'}>
            {running ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
          </ActionButton>
        )}
        {page.hides('step') ? null : (
          <ActionButton action={actions.step}>
            <StepForward size={16} aria-hidden />
          </ActionButton>
        )}
      </div>
      <div class="group segmented" role="group" aria-label="Speed" hidden={page.hides('speed')}>
        {actions.speeds.map((action) => (
          <button
            key={action.speed}
            type="button"
            aria-pressed={page.speed.value === action.speed}
            title={`Speed ${action.label} (${action.keyName})`}
            onClick={action.run}
          >
            {action.label}
          </button>
        ))}
      </div>
      <div class="spring">
        <SaveState saving={saving} />
      </div>
      {page.hides('backend') ? null : <Backend page={page} />}
      <div class="group share">
        {page.hides('lessons') ? null : <LessonsButton lessons={lessons} />}
        {page.hides('compare') ? null : <Compare page={page} />}
        {page.hides('share') ? null : <ShareButton page={page} link={lessons.link} film={film} />}
      </div>
      <ThemeSwitch />
    </header>
  );
}

interface ActionButtonProps {
  readonly action: Action;
  readonly class?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

function ActionButton({ action, class: look = '', label = action.label, children }: ActionButtonProps) {
  return (
    <button
      type="button"
      class={`icon ${look}`}
      disabled={!action.enabled()}
      aria-label={label}
      aria-keyshortcuts={action.keyName}
      title={`${label} (${action.keyName})`}
      onClick={action.run}
    >
      {children}
    </button>
  );
}

function Backend({ page }: { readonly page: Page }) {
  const { value: run } = page.focused;
  const info = run.worker.info.value?.backend;
  const problem = problemAt(run.problems.value, 'backend');
  const id = useId();
  return (
    <div class="backend">
      <label for={id}>Backend</label>
      <select
        id={id}
        title={`What computes the gradient steps${info ? `, now ${info.label}` : ''}. Changing it restarts the run.`}
        value={run.backend.value}
        onChange={({ currentTarget }) => void page.pickBackend(currentTarget.value as BackendChoice)}
      >
        {BACKENDS.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
      <output aria-label="Backend in use" title={info && why(info)}>
        {info ? `${info.label}${info.fallback ? ' (no WebGPU)' : ''}` : '…'}
      </output>
      <Expected problem={problem} />
    </div>
  );
}

function why({ choice, fallback, label, instead }: BackendInfo): string {
  if (instead) return `${instead.of} does not work here: ${instead.why}`;
  if (choice !== 'auto')
    return label.includes(choice) ? 'Selected manually' : `In place of ${choice}, which has failed`;
  return fallback
    ? 'This browser has no hardware WebGPU, so gradient steps run without it'
    : 'The faster of compiled SIMD and WebGPU on this machine';
}

function Compare({ page }: { readonly page: Page }) {
  const { value: hasRoom } = page.hasRoom;
  return (
    <button
      type="button"
      class="icon wide"
      data-action="compare"
      disabled={!page.ready.value || !hasRoom}
      title={
        hasRoom
          ? 'Add a copy of the selected run beside it; all start over from the same seed'
          : 'Four runs are the most that can be compared'
      }
      onClick={() => void page.compare()}
    >
      <Columns2 size={15} aria-hidden /> <span class="label">Compare</span>
    </button>
  );
}

/** The bar across the top: what drives the run, how fast it goes, and what computes it. */
import { Link, Pause, Play, RotateCcw, StepForward } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { BACKENDS, type BackendChoice, type BackendInfo } from '#worker/protocol.ts';
import type { Action, Actions } from '../state/actions.ts';
import type { Store } from '../state/store.ts';
import { count, problemAt } from '../state/values.ts';

interface BarProps {
  readonly store: Store;
  readonly actions: Actions;
}

export function TopBar({ store, actions }: BarProps) {
  const running = store.phase.value === 'running';
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M2.5 18a9.5 9.5 0 0 1 19 0M6.5 18a5.5 5.5 0 0 1 11 0" />
          <circle cx="12" cy="17" r="2" />
        </svg>
        Ludus
      </h1>
      <div class="group" role="toolbar" aria-label="Run">
        <ActionButton action={actions.reset}>
          <RotateCcw size={16} aria-hidden />
        </ActionButton>
        <ActionButton action={actions.toggle} class="primary" label={running ? 'Pause' : 'Play'}>
          {running ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
        </ActionButton>
        <ActionButton action={actions.step}>
          <StepForward size={16} aria-hidden />
        </ActionButton>
      </div>
      <div class="group segmented" role="radiogroup" aria-label="Speed">
        {actions.speeds.map((action) => (
          <button
            key={action.id}
            type="button"
            role="radio"
            id={action.id}
            aria-checked={store.speed.value === action.speed}
            title={`Speed ${action.label} (${action.keyName})`}
            onClick={action.run}
          >
            {action.label}
          </button>
        ))}
      </div>
      <output class="rate" aria-label="Steps per second">
        <b id="rate">{running ? count(store.progress.value.rate) : '–'}</b> steps/s
      </output>
      <div class="spring" />
      <Backend store={store} />
      <Share store={store} />
    </header>
  );
}

interface ActionButtonProps {
  readonly action: Action;
  readonly class?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

export function ActionButton({ action, class: look, label = action.label, children }: ActionButtonProps) {
  return (
    <button
      type="button"
      id={action.id}
      class={`icon ${look ?? ''}`}
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

function Backend({ store }: { readonly store: Store }) {
  const run = store.info.value;
  const info = run?.backend;
  const problem = problemAt(store.problems.value, 'backend');
  return (
    <div class="backend">
      <label>
        <span>Backend</span>
        <select
          id="backend"
          aria-label="Backend that computes the updates"
          title="What computes the gradient steps. A change starts the run anew."
          value={store.backend.value}
          onChange={({ currentTarget }) => void store.pickBackend(currentTarget.value as BackendChoice)}
        >
          {BACKENDS.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </label>
      <output id="backend-label" aria-label="Backend in use" title={info && why(info)}>
        {info ? `${info.fallback ? 'no WebGPU → ' : ''}${info.label}` : '…'}
      </output>
      {run && run.workers > 1 ? (
        <output
          id="workers"
          aria-label="Workers"
          title="They change the same parameters without waiting for each other, so the same seed gives another run every time"
        >
          {run.workers} workers, not repeatable
        </output>
      ) : null}
      {problem ? (
        <p class="error" role="alert">
          Expected {problem.expected}, got {problem.got}.
        </p>
      ) : null}
    </div>
  );
}

function why({ choice, fallback }: BackendInfo): string {
  if (choice !== 'auto') return 'Chosen by hand';
  return fallback
    ? 'This browser offers no WebGPU in hardware, so updates are computed without it'
    : 'The faster of compiled steps and WebGPU on this machine';
}

function Share({ store }: { readonly store: Store }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const address = new URL(`#${store.link.value}`, location.href).href;
    await navigator.clipboard.writeText(address).then(
      () => setCopied(true),
      () => prompt('The address of this set-up', address),
    );
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      class="icon wide"
      id="share"
      title="Copy the address of this set-up"
      onClick={() => void copy()}
    >
      <Link size={15} aria-hidden /> <span aria-live="polite">{copied ? 'Copied' : 'Share'}</span>
    </button>
  );
}

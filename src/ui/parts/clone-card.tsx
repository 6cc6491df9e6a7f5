/** Asks for the recording that an agent learns from, and shows its size. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { problemLine } from '#core/errors.ts';
import { omit } from '../state/permalink.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { plural } from '../state/values.ts';

/** While a run waits for its recording. */
export function CloneCard({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const { value: asked } = run.cloning.asked;
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // A focused picker would swallow the H key that the card mentions.
    const picker = card.current?.parentElement?.querySelector('.picker');
    if (picker && document.activeElement === picker) card.current?.focus();
  }, [asked?.request]);
  if (!asked) return null;
  const recording = run.humanPlays.of(asked.request.world);
  const taken = run.humanPlays.game.value !== undefined;
  const play = (): void => {
    void page.toggleHumanPlay(run);
    // On a small screen the picture is above the viewport.
    document
      .querySelector(`.run[data-run=${page.letterOf(run)}] .picture`)
      ?.scrollIntoView({ block: 'center' });
  };
  return (
    <div class="clone-card" role="group" aria-label="Recording to learn from" ref={card} tabIndex={-1}>
      <p>
        This agent learns from a recording: press <kbd>H</kbd> to take over and play, or open a recording
        file. Until then the current agent stays.
      </p>
      {recording || taken ? (
        <button type="button" class="main" onClick={() => void run.clonePlayed(asked.request.agent)}>
          Learn from your play
          {recording ? (
            <small>
              {plural(recording.episodes, 'episode')}, {plural(recording.steps, 'step')}
            </small>
          ) : null}
        </button>
      ) : null}
      {taken ? null : (
        <button type="button" onClick={play}>
          {recording ? 'Play more' : 'Take over and play'}
        </button>
      )}
      <label class="file-button">
        Open a recording …
        <input
          type="file"
          accept=".jsonl,.json,.txt"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void run.cloning.giveFile(file);
            // So that the same file can be chosen again after a correction.
            currentTarget.value = '';
          }}
        />
      </label>
      <button type="button" onClick={() => run.cloning.ask(undefined)}>
        Cancel
      </button>
      {asked.problems.map((problem) => (
        <p key={problem.field} class="error" role="alert">
          {problemLine(problem)}
        </p>
      ))}
    </div>
  );
}

/** What the running agent learns from. */
export function LearnsFrom({ run }: { readonly run: RunStore }) {
  const demonstrations = run.worker.info.value?.demonstrations;
  if (!demonstrations || run.cloning.asked.value) return null;
  return (
    <div class="learns-from" role="group" aria-label="Recording">
      <span class="amount">
        Learning from {plural(demonstrations.episodes, 'episode')}, {plural(demonstrations.steps, 'step')}
      </span>
      <button type="button" onClick={() => run.cloning.ask(omit(run.draft.value, 'demonstrations'))}>
        Use another recording …
      </button>
    </div>
  );
}

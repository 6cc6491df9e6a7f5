/** Asks for the recording that an agent learns from, and says which one it has. */
import { useEffect, useRef } from 'preact/hooks';
import { problemLine } from '#core/errors.ts';
import { omit } from './permalink.ts';
import type { Store } from './store.ts';
import { plural } from './values.ts';

/** While a run waits for its recording. */
export function CloneCard({ store }: { readonly store: Store }) {
  const { value: asked } = store.cloning.asked;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The picker would take the H that the card speaks of for itself.
    if (document.activeElement?.id === 'agent') card.current?.focus();
  }, [asked?.request]);
  if (!asked) return null;
  const recording = store.humanPlays.of(asked.request.world);
  const taken = store.humanPlays.game.value !== undefined;
  const play = (): void => {
    void store.startHumanPlay();
    // On a small screen the picture is far above.
    document.querySelector('.picture')?.scrollIntoView({ block: 'center' });
  };
  return (
    <div
      class="clone-card"
      id="clone-card"
      role="group"
      aria-label="A recording to learn from"
      ref={card}
      tabIndex={-1}
    >
      <p>
        It learns from a recording: take over with <kbd>H</kbd> and play, or open a recording file. Until then
        the other agent stays.
      </p>
      {recording || taken ? (
        <button
          type="button"
          id="clone-played"
          class="main"
          onClick={() => void store.clonePlayed(asked.request.agent)}
        >
          Learn from what you played
          {recording ? (
            <small>
              {plural(recording.episodes, 'episode')}, {plural(recording.steps, 'step')}
            </small>
          ) : null}
        </button>
      ) : null}
      {taken ? null : (
        <button type="button" id="clone-play" onClick={play}>
          {recording ? 'Play some more' : 'Take over and play'}
        </button>
      )}
      <label class="file-button">
        Open a recording …
        <input
          type="file"
          id="clone-file"
          accept=".jsonl,.json,.txt"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void store.cloning.giveFile(file);
            // The same file may be chosen again after it was mended.
            currentTarget.value = '';
          }}
        />
      </label>
      <button type="button" id="clone-cancel" onClick={() => store.cloning.ask(undefined)}>
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
export function LearnsFrom({ store }: { readonly store: Store }) {
  const demonstrations = store.info.value?.demonstrations;
  if (!demonstrations || store.cloning.asked.value) return null;
  return (
    <p class="learns-from">
      <span id="learns-from">
        Learns from {plural(demonstrations.episodes, 'episode')}, {plural(demonstrations.steps, 'step')}
      </span>
      <button
        type="button"
        id="clone-again"
        onClick={() => store.cloning.ask(omit(store.draft.value, 'demonstrations'))}
      >
        Another recording …
      </button>
    </p>
  );
}

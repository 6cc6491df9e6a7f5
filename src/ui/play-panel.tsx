/** Play by hand below the picture: the world's keys as buttons, the episode's numbers, and what has been recorded. */
import { Copy, Download } from 'lucide-preact';
import { recordingText } from './human-play.ts';
import { playKeys, type PlayKey } from './keys.ts';
import type { Store } from './store.ts';
import { figure, plural } from './values.ts';

const ENDS = { terminated: 'over', truncated: 'time is up', cut: 'left' } as const;

/** The keys of the world, and of the play itself. Every key is a button too, for those who have no keyboard. */
export function PlayKeys({ store }: { readonly store: Store }) {
  const { value: info } = store.info;
  if (!info) return null;
  return (
    <div class="play-keys" role="group" aria-label="Keys">
      {playKeys(info.spec).map((key) => (
        <KeyButton key={key.action} store={store} playKey={key} />
      ))}
      <button type="button" class="play-key" id="new-episode" onClick={() => store.humanPlays.newEpisode()}>
        <kbd>⌫</kbd> new episode
      </button>
    </div>
  );
}

function KeyButton({ store: { humanPlays }, playKey }: { readonly store: Store; readonly playKey: PlayKey }) {
  const name = `button ${playKey.action}`;
  const isDown = [...humanPlays.down.value.values()].includes(playKey.action);
  return (
    <button
      type="button"
      class="play-key"
      data-action={playKey.action}
      data-down={isDown || undefined}
      // Held like a key, also when the finger slides off; a long press on glass shall not open a menu.
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        humanPlays.press(name, playKey.action);
      }}
      onPointerUp={() => humanPlays.release(name)}
      onPointerCancel={() => humanPlays.release(name)}
      onContextMenu={(event) => event.preventDefault()}
      onClick={({ detail }) => {
        // By keyboard, with the focus on the button.
        if (detail !== 0) return;
        humanPlays.press(name, playKey.action);
        humanPlays.release(name);
      }}
    >
      {playKey.caps.map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}{' '}
      {playKey.label}
    </button>
  );
}

/** The episode under way and the one before it. */
export function PlayNumbers({ store }: { readonly store: Store }) {
  const episode = store.screen.episode.value;
  const { value: last } = store.humanPlays.last;
  return (
    <dl class="numbers">
      <div>
        <dt>Your return</dt>
        <dd id="hand-return">{figure(episode.return)}</dd>
      </div>
      <div>
        <dt>Steps</dt>
        <dd id="hand-steps">{episode.length}</dd>
      </div>
      <div>
        <dt>Last episode</dt>
        <dd id="hand-last">
          {last ? `${figure(last.return)} in ${plural(last.steps, 'step')}, ${ENDS[last.end]}` : '–'}
        </dd>
      </div>
    </dl>
  );
}

/** How much of this world was played by hand so far, and the way to keep it. */
export function Recorded({ store }: { readonly store: Store }) {
  const recording = store.humanPlays.of(store.info.value?.request.world);
  const cloner = store.catalogue.value?.agents.find(({ needs }) => needs === 'demonstrations');
  const taken = store.humanPlays.game.value !== undefined;
  if (!recording && !taken) return null;
  const underWay = taken ? store.screen.episode.value.length : 0;
  const save = (): void => {
    if (!recording) return;
    const url = URL.createObjectURL(new Blob([recordingText(recording)], { type: 'application/jsonl' }));
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: `${recording.world}-by-hand.jsonl`,
    });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <p class="recorded">
      <span id="recorded">
        Recorded: {plural(recording?.episodes ?? 0, 'episode')}, {plural(recording?.steps ?? 0, 'step')}
        {underWay > 0 ? ` + ${underWay}` : ''}
      </span>
      <button
        type="button"
        class="icon wide"
        id="download"
        disabled={!recording}
        title="Save the episodes that you played here: `ludus replay` shows them again, and Behaviour cloning learns from them"
        onClick={save}
      >
        <Download size={15} aria-hidden /> Download
      </button>
      {cloner ? (
        <button
          type="button"
          class="icon wide"
          id="clone"
          disabled={!recording && underWay === 0}
          title={`${cloner.title}: a new agent learns to do what you did`}
          onClick={() => void store.clonePlayed(cloner.id)}
        >
          <Copy size={15} aria-hidden /> Clone
        </button>
      ) : null}
    </p>
  );
}

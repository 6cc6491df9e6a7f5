/** Human play below the picture: the world's keys as buttons, the episode's numbers, and the recording. */
import { Copy, Download } from 'lucide-preact';
import { recordingText, type PlayedRecording } from '../state/human-play.ts';
import { playKeys, type PlayKey } from '../state/keys.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { saveFile } from '../state/save-file.ts';
import { figure, plural } from '../state/values.ts';
import { AgentScore } from './agent-score.tsx';
import { Quantity } from './quantity.tsx';

const ENDS = { terminated: 'ended', truncated: 'time limit reached', cut: 'abandoned' } as const;

/** The keys of the world and those of human play. Every key is a button too, because phones have no keyboard. */
export function PlayKeys({ run }: { readonly run: RunStore }) {
  const { value: info } = run.worker.info;
  if (!info) return null;
  return (
    <div class="play-keys" role="group" aria-label="Keys">
      {playKeys(info.spec).map((key) => (
        <KeyButton key={key.action} run={run} playKey={key} />
      ))}
      <button type="button" class="play-key" onClick={() => run.humanPlays.newEpisode()}>
        <kbd aria-hidden>⌫</kbd> new episode
      </button>
    </div>
  );
}

function KeyButton({ run: { humanPlays }, playKey }: { readonly run: RunStore; readonly playKey: PlayKey }) {
  const name = `button ${playKey.action}`;
  const isDown = [...humanPlays.down.value.values()].includes(playKey.action);
  return (
    <button
      type="button"
      class="play-key"
      aria-pressed={isDown}
      // Held like a key, also when the finger slides off; a long press on a touch screen must not open a menu.
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

/** The current episode and the one before it, beside the agent's. */
export function PlayNumbers({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const episode = run.worker.screen.episode.value;
  const { value: last } = run.humanPlays.last;
  return (
    <dl class="numbers">
      <Quantity label="Your return" value={figure(episode.return)} />
      <Quantity label="Steps" value={episode.length} />
      <Quantity
        label="Last episode"
        value={last ? `${figure(last.return)} in ${plural(last.steps, 'step')}, ${ENDS[last.end]}` : '–'}
      />
      <AgentScore page={page} run={run} />
    </dl>
  );
}

/** The size of this world's recording, with buttons to save it and to learn from it. */
export function Recorded({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const recording = run.humanPlays.of(run.worker.info.value?.request.world);
  const cloner = page.catalogue.value?.agents.find(({ needs }) => needs === 'demonstrations');
  const taken = run.humanPlays.game.value !== undefined;
  if (!recording && !taken) return null;
  const current = taken ? run.worker.screen.episode.value.length : 0;
  return (
    <div class="recorded" role="group" aria-label="Recording">
      <span class="amount">
        Recorded: {plural(recording?.episodes ?? 0, 'episode')}, {plural(recording?.steps ?? 0, 'step')}
        {current > 0 ? ` (+ ${current} in this episode)` : ''}
      </span>
      <button
        type="button"
        class="icon wide"
        disabled={!recording}
        title="Save what you played here as a file that `ludus replay` and behaviour cloning can read"
        onClick={() => recording && save(recording)}
      >
        <Download size={15} aria-hidden /> Download
      </button>
      {cloner ? (
        <button
          type="button"
          class="icon wide"
          disabled={!recording && current === 0}
          title={`${cloner.title}: train a new agent to imitate you`}
          onClick={() => void run.clonePlayed(cloner.id)}
        >
          <Copy size={15} aria-hidden /> Clone
        </button>
      ) : null}
    </div>
  );
}

function save(recording: PlayedRecording): void {
  const text = new Blob([recordingText(recording)], { type: 'application/jsonl' });
  saveFile(`${recording.world}-by-hand.jsonl`, text);
}

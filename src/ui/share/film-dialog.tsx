/** The dialog that films an episode: who plays, how fast, in which format; then the film, to be looked at and saved. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { problemLine } from '#core/errors.ts';
import type { FilmedEpisode } from '#worker/protocol.ts';
import { Dialog } from '../editors/dialog.tsx';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { saveFile } from '../state/save-file.ts';
import { figure, plural } from '../state/values.ts';
import { canWrite, makeFilm, type FilmDeps } from './film-maker.ts';
import { MOST_SECONDS, type Format } from './film-plan.ts';
import '../editors/editors.css';
import './film.css';

export interface FilmProps {
  readonly page: Page;
  readonly deps: FilmDeps;
  readonly onClose: () => void;
}

const FORMATS = { webm: 'WebM video', gif: 'GIF' } as const satisfies Record<Format, string>;
const SPEEDS = [0.5, 1, 2, 4, 8];

type State =
  | { readonly kind: 'asking'; readonly wrong?: string }
  | { readonly kind: 'making'; readonly done: number; readonly total: number }
  | { readonly kind: 'made'; readonly film: Film };

interface Film {
  readonly format: Format;
  readonly blob: Blob;
  readonly url: string;
  readonly name: string;
  /** What is seen. */
  readonly told: string;
}

export function FilmDialog({ page, deps, onClose }: FilmProps) {
  // The run that was focused when the dialog opened.
  const [run] = useState(() => page.focused.peek());
  const [wanted, setWanted] = useState<Wanted>(() => ({
    player: 'agent',
    seed: String(run.worker.info.peek()?.request.seed ?? 1),
    speed: 1,
    format: canWrite('webm') ? 'webm' : 'gif',
  }));
  const [state, setState] = useState<State>({ kind: 'asking' });
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const url = state.kind === 'made' ? state.film.url : undefined;
  useEffect(() => () => void (url === undefined || URL.revokeObjectURL(url)), [url]);
  const title = page.comparing.peek() ? `Film an episode of run ${page.letterOf(run)}` : 'Film an episode';
  const make = async (): Promise<void> => {
    const { signal } = (stop.current = new AbortController());
    setState({ kind: 'making', done: 0, total: 0 });
    // Another one may be on the page by the time that the film is made.
    const { world = 'world', agent = 'agent' } = run.worker.info.value?.request ?? {};
    try {
      const filmed = await film(run, wanted);
      const blob = await makeFilm(filmed, {
        ...deps,
        ...wanted,
        signal,
        onProgress: (done, total) => setState({ kind: 'making', done, total }),
      });
      setState({ kind: 'made', film: told({ world, agent, wanted, filmed, blob }) });
    } catch (error) {
      if (signal.aborted) setState({ kind: 'asking' });
      else setState({ kind: 'asking', wrong: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="film"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Choices run={run} wanted={wanted} disabled={state.kind === 'making'} onChange={setWanted} />
        {state.kind === 'asking' && state.wrong !== undefined ? (
          <p class="error" role="alert">
            No film: {state.wrong}
          </p>
        ) : null}
        {state.kind === 'making' ? <Making {...state} onCancel={() => stop.current?.abort()} /> : null}
        {state.kind === 'made' ? <Made film={state.film} /> : null}
        {state.kind === 'making' ? null : (
          <footer>
            <button type="submit" class={state.kind === 'made' ? '' : 'main'}>
              {state.kind === 'made' ? 'Make another film' : 'Make film'}
            </button>
          </footer>
        )}
      </form>
    </Dialog>
  );
}

interface Wanted {
  readonly player: 'agent' | 'human';
  readonly seed: string;
  readonly speed: number;
  readonly format: Format;
}

interface ChoicesProps {
  readonly run: RunStore;
  readonly wanted: Wanted;
  readonly disabled: boolean;
  readonly onChange: (wanted: Wanted) => void;
}

function Choices({ run, wanted, disabled, onChange }: ChoicesProps) {
  const hasPlayed = lastPlayed(run) !== undefined;
  return (
    <fieldset disabled={disabled}>
      <label>
        Who plays
        <select
          value={wanted.player}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...wanted, player: value as Wanted['player'] })
          }
        >
          <option value="agent">The agent as it is now, without exploration</option>
          <option value="human" disabled={!hasPlayed}>
            {hasPlayed ? 'You, in your last episode' : 'You (nothing recorded in this world yet)'}
          </option>
        </select>
      </label>
      {wanted.player === 'agent' ? (
        <label title="The same seed gives the same episode, as long as the agent does not learn">
          Seed of the world
          <input
            type="text"
            inputMode="numeric"
            value={wanted.seed}
            onInput={({ currentTarget: { value } }) => onChange({ ...wanted, seed: value })}
          />
        </label>
      ) : null}
      <label>
        Speed
        <select
          value={wanted.speed}
          onChange={({ currentTarget: { value } }) => onChange({ ...wanted, speed: Number(value) })}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <label>
        Format
        <select
          value={wanted.format}
          onChange={({ currentTarget: { value } }) => onChange({ ...wanted, format: value as Format })}
        >
          {Object.entries(FORMATS).map(([format, name]) => (
            <option key={format} value={format} disabled={!canWrite(format as Format)}>
              {name}
              {canWrite(format as Format) ? '' : ' (not in this browser)'}
            </option>
          ))}
        </select>
      </label>
      <p class="dim">
        At most {MOST_SECONDS} seconds. The run goes on meanwhile, and learns nothing from it.
      </p>
    </fieldset>
  );
}

interface MakingProps {
  readonly done: number;
  readonly total: number;
  readonly onCancel: () => void;
}

function Making({ done, total, onCancel }: MakingProps) {
  return (
    <div class="film-making">
      <progress aria-label="Film" {...(total > 0 && { value: done / total })} />
      <span role="status">{total === 0 ? 'Playing the episode …' : `Frame ${done} of ${total}`}</span>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function Made({ film: { format, url, blob, name, told } }: { readonly film: Film }) {
  return (
    <figure class="film-made">
      {format === 'gif' ? (
        <img src={url} alt={`Film: ${told}`} />
      ) : (
        <video src={url} aria-label={`Film: ${told}`} controls loop autoplay muted playsInline />
      )}
      <figcaption role="status">{told}</figcaption>
      <button type="button" class="main" onClick={() => saveFile(name, blob)}>
        Save film
      </button>
    </figure>
  );
}

/** The text of a recording with the last episode that was played in the run's world. */
function lastPlayed({ humanPlays, worker }: RunStore): string | undefined {
  const recording = humanPlays.of(worker.info.value?.request.world);
  const line = recording?.lines.at(-1);
  return recording && line !== undefined ? recording.header + line : undefined;
}

async function film(run: RunStore, { player, seed, speed }: Wanted): Promise<FilmedEpisode> {
  const { fps = 1 } = run.worker.info.value?.spec ?? {};
  const recording = player === 'human' ? lastPlayed(run) : undefined;
  const most = Math.ceil(MOST_SECONDS * fps * speed);
  const filmed = await run.worker.call((api) =>
    api.film({ seed, most, ...(recording !== undefined && { recording }) }),
  );
  if (!filmed.ok) throw new Error(filmed.problems.map(problemLine)[0]);
  return filmed.value;
}

interface Result {
  readonly world: string;
  readonly agent: string;
  readonly wanted: Wanted;
  readonly filmed: FilmedEpisode;
  readonly blob: Blob;
}

function told({ world, agent, wanted, filmed, blob }: Result): Film {
  const { format, player, speed } = wanted;
  const steps = filmed.pictures.length - 1;
  const seconds = Math.round(steps / (filmed.fps * speed)) + 1;
  const end = filmed.isWhole ? '' : ', cut off';
  return {
    format,
    blob,
    url: URL.createObjectURL(blob),
    name: `${world}-${player === 'human' ? 'by-hand' : agent}.${format}`,
    told: `Return ${figure(filmed.return)} in ${plural(steps, 'step')}${end}; ${plural(seconds, 'second')}, ${sizeText(blob.size)}`,
  };
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

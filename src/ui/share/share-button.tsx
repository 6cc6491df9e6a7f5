/** What can be given to others and kept: a link, a run as a file, a film. */
import type { ReadonlySignal } from '@preact/signals';
import { Clapperboard, Download, FolderOpen, Link, Share2 } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import { besideButton } from '../parts/beside-button.ts';
import { Lazy } from '../parts/lazy.tsx';
import type { Page } from '../state/page.ts';
import { RUN_FILE } from '../state/save-file.ts';
import { copyLink, saveRun } from '../state/share.ts';
import type { FilmDeps } from './film-maker.ts';
import './share.css';

const loadFilm = async () => (await import('./film-dialog.tsx')).FilmDialog;

/** Milliseconds for which the button says what was done. */
const SAID = 1500;

interface ShareButtonProps {
  readonly page: Page;
  /** To everything on the page, and the lesson that is open. */
  readonly link: ReadonlySignal<string>;
  readonly film: FilmDeps;
}

export function ShareButton({ page, link, film }: ShareButtonProps) {
  const id = useId();
  const [filming, setFilming] = useState(false);
  const [said, setSaid] = useState<string>();
  const { value: run } = page.focused;
  const act = async (task: () => Promise<unknown>): Promise<void> => {
    document.getElementById(id)?.hidePopover();
    await task();
    setTimeout(() => setSaid(undefined), SAID);
  };
  const copy = async (): Promise<void> => {
    if (await copyLink(link.value)) setSaid('Copied');
  };
  const save = async (): Promise<void> => {
    // A large replay buffer takes seconds.
    setSaid('Saving …');
    setSaid((await saveRun(run)) ? 'Saved' : 'Not saved');
  };
  return (
    <>
      <button
        type="button"
        class="icon wide"
        popovertarget={id}
        title="Copy a link; save this run or open one; film an episode"
      >
        <Share2 size={15} aria-hidden />{' '}
        <span class="label" aria-live="polite">
          {said ?? 'Share'}
        </span>
      </button>
      <div
        id={id}
        popover="auto"
        class="popup share-menu"
        role="group"
        aria-label="Share"
        onToggle={({ currentTarget }) => besideButton(currentTarget)}
      >
        <button type="button" onClick={() => void act(copy)}>
          <Link size={15} aria-hidden /> Copy link
          <small>The whole setup: world, levels, rewards, agents, networks</small>
        </button>
        <button type="button" disabled={!run.worker.ready} onClick={() => void act(save)}>
          <Download size={15} aria-hidden /> Save run{page.comparing.value ? ` ${page.letterOf(run)}` : ''}
          <small>What it has learned, with its curves, as a {RUN_FILE} file</small>
        </button>
        <label class="file-button">
          <FolderOpen size={15} aria-hidden /> Open run …
          <small>Saved here or by the command line; or drop the file on the page</small>
          <input
            type="file"
            accept={RUN_FILE}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void act(() => page.openFile(file));
              // So that the same file can be chosen again.
              currentTarget.value = '';
            }}
          />
        </label>
        <button
          type="button"
          disabled={!run.worker.ready}
          onClick={() => void act(async () => setFilming(true))}
        >
          <Clapperboard size={15} aria-hidden /> Film an episode …
          <small>As a video or a GIF, of the agent or of your own play</small>
        </button>
        {/* Made with the build. */}
        {import.meta.hot ? null : (
          <a class="licences" href="./licences.txt" target="_blank" rel="license">
            Licences of what this page is made of
          </a>
        )}
      </div>
      {filming ? (
        <Lazy load={loadFilm} props={{ page, deps: film, onClose: () => setFilming(false) }} />
      ) : null}
    </>
  );
}

/**
 * The page of last resort: lists all that the browser has stored and gives it back as files. It shares next to nothing with the
 * rest of the page but the storage itself, so that nothing else can keep it from starting.
 */
import { messageOf } from '#core/errors.ts';
import { Database, type Label } from '#storage/database.ts';
import { allSaves, fileOf } from '#storage/saves.ts';
import { everySession } from '#storage/sessions.ts';
import { saveFile } from '#ui/state/save-file.ts';
import './rescue.css';

const database = new Database();

interface Played {
  readonly world: string;
  readonly header: string;
  readonly lines: readonly string[];
  readonly episodes: number;
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = '',
  children: readonly Node[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

function button(label: string, name: string, content: () => Promise<Blob>): HTMLElement {
  const made = element('button', label);
  made.type = 'button';
  made.setAttribute('aria-label', `${label} ${name}`);
  const said = element('span');
  said.setAttribute('role', 'status');
  made.addEventListener('click', () => {
    said.textContent = '';
    content()
      .then((blob) => saveFile(name, blob))
      .catch((error: unknown) => (said.textContent = ` ${messageOf(error)}`));
  });
  return element('span', '', [made, said]);
}

const when = (time: number): string => new Date(time).toLocaleString();
const size = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

function runRow(label: Label): HTMLElement {
  const { about, savedAt, length } = label;
  const name = `${about.replaceAll(/[^\w]+/g, '-')}.ludus`;
  const file = async (): Promise<Blob> => {
    const content = await fileOf(database, label);
    if (!content) throw new Error('It is no longer there.');
    return new Blob([content], { type: 'application/gzip' });
  };
  return element('li', '', [
    element('span', `${about}, saved ${when(savedAt)}, ${size(length)} `),
    button('Download', name, file),
  ]);
}

function playedRow({ world, header, lines, episodes }: Played): HTMLElement {
  const content = (): Promise<Blob> =>
    Promise.resolve(new Blob([header, ...lines], { type: 'application/x-ndjson' }));
  return element('li', '', [
    element('span', `Played by hand in ${world}: ${episodes} episodes `),
    button('Download', `${world}.jsonl`, content),
  ]);
}

/** What of a session's state is a recording; the rest is the page's own. */
function playedIn(state: unknown): readonly Played[] {
  const { recordings } = (state ?? {}) as { readonly recordings?: readonly Played[] };
  return Array.isArray(recordings) ? recordings : [];
}

async function list(): Promise<string> {
  const [saves, sessions] = await Promise.all([allSaves(database), everySession(database)]);
  const rows = [...saves.map(runRow), ...sessions.flatMap(({ state }) => playedIn(state)).map(playedRow)];
  document.querySelector('#kept')?.append(element('ul', '', rows));
  return rows.length === 0
    ? 'Nothing is stored here.'
    : `${rows.length} ${rows.length === 1 ? 'file' : 'files'}. Of every run the last two saves are kept.`;
}

const state = document.querySelector('#state');
list()
  .catch((error: unknown) => `It cannot be read: ${messageOf(error)}`)
  .then((said) => state && (state.textContent = said))
  .catch(() => undefined);

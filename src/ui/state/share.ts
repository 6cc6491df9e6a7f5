/** What leaves the page and comes back: links, and runs as files. */
import { packLink } from './packed-link.ts';
import type { Page } from './page.ts';
import type { RunStore } from './run-store.ts';
import { saveRunFile } from './save-file.ts';

/** Copies a link, packed if it is long; where that is not allowed, shows it. Resolves to whether it was copied. */
export async function copyLink(link: string): Promise<boolean> {
  const address = new URL(`#${await packLink(link)}`, location.href).href;
  return navigator.clipboard.writeText(address).then(
    () => true,
    () => {
      prompt('Link to this setup', address);
      return false;
    },
  );
}

/** Saves a run as it is now: what was learned, curves and marks. Resolves to whether it was saved. */
export async function saveRun({ worker }: RunStore): Promise<boolean> {
  let isSaved = false;
  await worker.attempt(async () => {
    const saved = await worker.call((api) => api.save());
    if (!saved.ok) return worker.hint('The run could not be saved', saved.problems);
    saveRunFile(nameOf(worker), saved.value);
    isSaved = true;
  });
  return isSaved;
}

/** Saves the last checkpoint of a run, also of one that has ended with an error; undefined if there is none. */
export function checkpointSaver({ worker }: RunStore): (() => void) | undefined {
  const { checkpoint } = worker;
  return checkpoint && (() => saveRunFile(nameOf(worker), checkpoint));
}

function nameOf({ info }: RunStore['worker']): string {
  const { world = 'run', agent = 'agent' } = info.value?.request ?? {};
  return `${world}-${agent}`;
}

/** Opens the file of a drop: in the run on whose card it is, else in the one that is focused. */
export function openDrop({ dataTransfer, target }: DragEvent, page: Page): void {
  const file = dataTransfer?.files[0];
  const card = target instanceof Element ? target.closest<HTMLElement>('.run') : null;
  const run = page.runs.value.find((each) => page.letterOf(each) === card?.dataset['run']);
  if (run) page.focus(run);
  if (file) void page.openFile(file);
}

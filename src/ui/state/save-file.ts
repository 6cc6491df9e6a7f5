/** Saves what the page made as a file of the user's. */
import type { RunFile } from '#worker/protocol.ts';

/** The files of runs, here and on the command line. */
export const RUN_FILE = '.ludus';

/** Saves a run, or a fit, under the names of what learns and of what it learns from. */
export function saveRunFile(subject: string, { content, steps }: RunFile): void {
  saveFile(`${subject}-${steps}${RUN_FILE}`, new Blob([content], { type: 'application/gzip' }));
}

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

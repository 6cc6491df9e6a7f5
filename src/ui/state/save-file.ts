/** Saves what the page made as a file of the user's. */

/** The files of runs, here and on the command line. */
export const RUN_FILE = '.ludus';

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

/** Saves what is on the page before the page loads itself anew: for another room, or for its first service worker. */

/** Resolves to whether all of it goes on after a reload. */
type Save = () => Promise<boolean>;

let begun: (save: Save) => void;
/** Not before the session has begun. */
export const saving = new Promise<Save>((resolve) => (begun = resolve));
let save: Save | undefined;

export function saveBeforeReload(how: Save): void {
  save = how;
  begun(how);
}

/** Saves what there is to save; resolves when that is done, or after so many milliseconds: a worker may be in a long step. */
export async function savedWithin(milliseconds: number): Promise<void> {
  if (!save) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([save().catch(() => false), late]);
  clearTimeout(timer);
}

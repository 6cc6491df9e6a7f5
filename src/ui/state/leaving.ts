/** Saves what is on the page before the page loads itself anew: for another room, or for its first service worker. */

/** Resolves to whether all of it goes on after a reload. */
type Save = () => Promise<boolean>;

export class Leaving {
  private save: Save | undefined;
  private announce: (save: Save) => void = () => {};
  /** How to save, as soon as the session has begun. */
  readonly begun = new Promise<Save>((resolve) => (this.announce = resolve));

  /** The session has begun. */
  begin(save: Save): void {
    this.save = save;
    this.announce(save);
  }

  /** Saves what there is to save; resolves when that is done, or after so many milliseconds: a worker may be in a long step. */
  async savedWithin(milliseconds: number): Promise<void> {
    if (!this.save) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([this.save().catch(() => false), late]);
    clearTimeout(timer);
  }
}

/** Of this page. */
export const leaving = new Leaving();

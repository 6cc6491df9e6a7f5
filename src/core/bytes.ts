/** Sizes in memory, as people are told them. */

/** Bytes from which what a run needs is worth mentioning. */
export const MUCH_MEMORY = 2.5e8;

/** `1.4 GB`. */
export function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(2))} GB`;
}

/** `1.4 MB`. */
export function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(2))} MB`;
}

/** What may be asked of a machine: apart from the code that does it, so that options are read without loading tfjs. */

/** Threads of a compiled step. */
export const MOST_THREADS = 32;

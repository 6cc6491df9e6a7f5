/** What can be shown over and beside the picture of a run, and what travels to the page for it. */
import type { BatchUpdate, Estimates, TableUpdate } from './agent.ts';

/**
 * On the cells of tabular worlds: `values`, `actions` (Q as triangles), `policy`, `visits`, `traces`. Over the picture or the
 * observation: `saliency`. Beside the picture: `eye` (what the agent observes), `history` (V over the steps shown), `update`
 * (the last one in words), `bars` (Q or π of the state shown).
 */
export const OVERLAYS = [
  'values',
  'actions',
  'policy',
  'visits',
  'traces',
  'saliency',
  'eye',
  'history',
  'update',
  'bars',
] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** Those of states, which only worlds that place them on the picture have. */
export const OF_STATES: readonly Overlay[] = ['values', 'actions', 'policy', 'visits', 'traces'];

/** The ends of a colour scale: numbers beyond them have the colour of the end. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Estimates of the states that have a place on the picture. */
export interface StateLook {
  /** [n] */
  readonly states: Int32Array;
  /** [n, 4] x, y, width and height of their cells, in world units. */
  readonly cells: Float32Array;
  /** In rows of the same order. */
  readonly estimates: Estimates;
  /** The state on the picture. */
  readonly current: number;
  /** Of the colours of what is shown. */
  readonly ranges: Partial<Readonly<Record<'values' | 'actions' | 'visits', Range>>>;
}

/** A look at a run: only what was asked for. */
export interface Look {
  /** Progress of the run when it was looked at; pictures and numbers may reach the page in another order. */
  readonly progress?: number;
  readonly states?: StateLook;
  /** [observation] as the agent gets it. */
  readonly observation?: Float32Array;
  /** [observation] */
  readonly saliency?: Float32Array;
  readonly update?: TableUpdate | BatchUpdate;
}

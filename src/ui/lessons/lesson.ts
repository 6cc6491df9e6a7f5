/** What a lesson consists of: a setup, and steps beside the live page. */
import type { Overlay } from '#core/overlay.ts';
import type { Asked, Verdict } from '../parts/predict.tsx';
import type { Section } from '../state/values.ts';
import type { Moment, Seen } from './seen.ts';

export interface Lesson {
  readonly title: string;
  /** What it is about, for the list. */
  readonly summary: string;
  /** The setup at its beginning, as an address. */
  readonly link: string;
  readonly steps: readonly Step[];
}

/** Parts of the page that are no fields. */
export type Part = 'picture' | 'numbers' | 'bars' | 'speed' | 'curves' | 'network';

/** What a step lights up. */
export type Target =
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'field'; readonly section: Section; readonly key: string }
  | { readonly kind: 'overlay'; readonly overlay: Overlay };

export interface Step {
  readonly title: string;
  /** A sentence or two. */
  readonly text: string;
  readonly at: Target;
  readonly task: Task;
}

export type Task = Do | Predict | Check;

/** Something to do on the page, or to wait for. */
interface Do {
  readonly kind: 'do';
  readonly ask: string;
  /** Whether it has been done since the step began. */
  readonly done: (now: Seen, since: Moment) => boolean;
}

/** A prediction, then a run of its own that shows what is true. */
export interface Predict extends Asked {
  readonly kind: 'predict';
  /** The setup of that run, as an address. */
  readonly link: string;
  /** What the run has shown; undefined until it has. */
  readonly verdict: (now: Seen) => Verdict | undefined;
}

/** A question about what has been seen. */
export interface Check {
  readonly kind: 'check';
  readonly question: string;
  readonly answers: readonly {
    readonly answer: string;
    /** Why it is right, or not. */
    readonly feedback: string;
    readonly right?: true;
  }[];
}

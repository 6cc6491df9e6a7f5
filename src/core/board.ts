/**
 * What a level editor must know of a level: its letters, the things on its cells, and how large it may be. Plain data beside
 * the schema of the level, which alone decides whether a level is right.
 */

/** How an editor draws a letter or a thing. */
export type Look =
  | 'floor'
  | 'wall'
  | 'start'
  | 'goal'
  | 'pit'
  | 'ice'
  | 'hole'
  | 'lava'
  | 'coin'
  | 'wind'
  | 'teleporter'
  | 'door'
  | 'key'
  | 'ball'
  | 'box';

export interface BoardLetter {
  readonly letter: string;
  readonly label: string;
  readonly look: Look;
  /** The way it faces: 0 right, 1 down, 2 left, 3 up. */
  readonly direction?: number;
  /** What it is for whoever draws a level at random. */
  readonly role: 'free' | 'block' | 'start' | 'goal' | 'danger';
  /** Painting it anywhere takes it away elsewhere, together with others of the same role. */
  readonly once?: boolean;
}

/** An entry { x, y, … } in one of the level's lists. */
export interface BoardThing {
  readonly list: string;
  readonly label: string;
  readonly look: Look;
  /** What it always has besides x and y. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Choices by key; the first is what a new one has. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** A number by key. */
  readonly number?: {
    readonly key: string;
    readonly label: string;
    readonly min: number;
    readonly max: number;
    readonly default: number;
  };
  /** It leads to another cell, (toX, toY). */
  readonly leads?: boolean;
}

export interface BoardFormat {
  /** `rows`: the level is its rows; `record`: they are its `rows`, beside the lists of things. */
  readonly form: 'rows' | 'record';
  /** Least and greatest width and height. */
  readonly min: number;
  readonly max: number;
  /** The first is what erasing leaves. */
  readonly letters: readonly BoardLetter[];
  readonly things: readonly BoardThing[];
}

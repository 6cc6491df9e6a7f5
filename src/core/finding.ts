/** What a diagnosis says of a run: plain data, may cross to another thread. */

export interface Finding {
  readonly id: RuleId;
  /** `note`: nothing is wrong, but a user may wonder. */
  readonly level: 'problem' | 'note';
  /** A sentence without its full stop; settings stand in it as `{key}`. */
  readonly what: string;
  /** What may help beyond the fixes, in the same form. */
  readonly tries?: string;
  /** Values that can be set at once, the best first. */
  readonly fixes: readonly Fix[];
}

export type RuleId =
  | 'diverged'
  | 'values'
  | 'gradients'
  | 'dead-units'
  | 'exploration'
  | 'entropy'
  | 'step-size'
  | 'reward'
  | 'frozen'
  | 'no-update'
  | 'longer';

/** A setting of the agent or a wrapper with the value that may help. */
export interface Fix {
  readonly section: 'agent' | 'wrap';
  readonly key: string;
  readonly value: number | boolean;
}

/** A text of a finding with the names that its reader knows the settings by. */
export function inWords(text: string, nameOf: (key: string) => string): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, key: string) => nameOf(key));
}

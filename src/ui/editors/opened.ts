/** The editor that is open over the page, if any. */
import { signal } from '@preact/signals';

export interface Opened {
  /** Of the parameter of the world that it edits. */
  readonly key: string;
  readonly kind: 'level' | 'road';
}

export const opened = signal<Opened | undefined>(undefined);

export function closeEditor(): void {
  opened.value = undefined;
}

/** Undo and redo of what an editor edits. */
import { useEffect, useState } from 'preact/hooks';
import type { RunStore } from '../state/run-store.ts';
import { change, redo, startHistory, undo, type History } from './history.ts';

interface Left {
  /** The value that the editor began with, as JSON. */
  readonly from: string;
  readonly history: History<unknown>;
}

/** What editors held when they were closed: it is there again, with its steps, while the page has the value they began with. */
const left = new Map<string, Left>();

/** The name of a parameter of the run's world. */
export function editedIn(run: RunStore, key: string): string {
  return `${run.draft.peek().world} ${key}`;
}

/** `name` says what is edited. */
export function useHistory<T>(name: string, first: () => T) {
  const [begun] = useState(() => beginning(name, first()));
  const [history, setHistory] = useState<History<T>>(begun.history);
  useEffect(() => void left.set(name, { from: begun.from, history }), [name, begun, history]);
  return {
    history,
    setHistory,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    /** From the present as it is then: two changes may come before the first is shown. */
    alter: (next: (present: T) => T) => setHistory((before) => change(before, next(before.present))),
  };
}

function beginning<T>(name: string, first: T): { readonly from: string; readonly history: History<T> } {
  const from = JSON.stringify(first);
  const was = left.get(name);
  return { from, history: was?.from === from ? (was.history as History<T>) : startHistory(first) };
}

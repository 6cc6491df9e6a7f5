/** Undo and redo of what an editor edits. */
import { useState } from 'preact/hooks';
import { change, redo, startHistory, undo, type History } from './history.ts';

export function useHistory<T>(first: () => T) {
  const [history, setHistory] = useState<History<T>>(() => startHistory(first()));
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

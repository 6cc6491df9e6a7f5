/** Parts of the page that are drawn one after the other, each in a task of its own, so that none keeps the page from answering. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface InTurnProps<T> {
  readonly value: T;
  readonly draw: (value: T) => ComponentChildren;
}

export function InTurn<T>({ value, draw }: InTurnProps<T>) {
  const [shown, setShown] = useState<{ readonly body: ComponentChildren }>();
  useEffect(() => {
    const timer = setTimeout(() => setShown({ body: draw(value) }));
    return () => clearTimeout(timer);
    // What is drawn depends on the value alone.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [value]);
  return <>{shown?.body}</>;
}

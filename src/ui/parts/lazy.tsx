/** A part of the page whose code is loaded when it is shown first; says so while it loads, and what to do if it cannot be. */
import { messageOf } from '#core/errors.ts';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface LazyProps<P> {
  /** The same function for the same part: another one loads again. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
}

export function Lazy<P extends object>({ load, props }: LazyProps<P>) {
  const [part, setPart] = useState<{ readonly Part: ComponentType<P> }>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let gone = false;
    load().then(
      (Part) => gone || setPart({ Part }),
      (error: unknown) => gone || setFailure(messageOf(error)),
    );
    return () => {
      gone = true;
    };
  }, [load]);
  if (failure !== undefined)
    return (
      <p class="error" role="alert">
        This part could not be loaded: {failure}{' '}
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </p>
    );
  return part ? <part.Part {...props} /> : <p class="lazy-wait">Loading…</p>;
}

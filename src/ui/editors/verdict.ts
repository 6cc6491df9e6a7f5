/** What the world says of a value in an editor. */
import { useEffect, useState } from 'preact/hooks';
import type { RunStore } from '../state/run-store.ts';
import { problemAt } from '../state/values.ts';

/** `undefined` while the world is being asked. */
export type Verdict = { readonly fine: true } | { readonly fine: false; readonly needs: string } | undefined;

/** Milliseconds without a change after which the world is asked. */
const PAUSE = 150;

/** What the world expects of a parameter instead of these values; undefined if it takes them. */
export async function problemOf(
  run: RunStore,
  key: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { value: draft } = run.draft;
  const problems = await run.check({ ...draft, params: { ...draft.params, ...values } });
  return problemAt(problems, `world.${key}`)?.expected;
}

/** Asks the world after every change of the values, which must be the same object while they do not change. */
export function useVerdict(
  run: RunStore,
  key: string,
  values: Readonly<Record<string, unknown>> | undefined,
): Verdict {
  const [verdict, setVerdict] = useState<{ readonly of: typeof values; readonly is: Verdict }>();
  useEffect(() => {
    if (!values) return;
    let gone = false;
    const timer = setTimeout(() => {
      problemOf(run, key, values).then(
        (needs) =>
          gone ||
          setVerdict({ of: values, is: needs === undefined ? { fine: true } : { fine: false, needs } }),
        // The worker ended, which the page says itself.
        () => undefined,
      );
    }, PAUSE);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [run, key, values]);
  return verdict?.of === values ? verdict?.is : undefined;
}

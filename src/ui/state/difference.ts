/** How the second of two runs differs from the first, in the words of the page. */
import type { RunStore } from './run-store.ts';
import { same, told } from './values.ts';

/** `['Learning rate 0.01 instead of 0.001']`; another agent counts as one difference. */
export function differencesOf([first, second]: readonly RunStore[]): readonly string[] {
  if (!first || !second) return [];
  for (const kind of ['world', 'agent'] as const) {
    const [was, is] = [first.form[kind].value, second.form[kind].value];
    if (was && is && was.id !== is.id) return [`${is.title} instead of ${was.title}`];
  }
  const fields = second.form.agent.value?.fields ?? [];
  return fields.flatMap((field) => {
    const { key, label } = field;
    const [was, is] = [first.form.shown('agent', key), second.form.shown('agent', key)];
    const waits = first.form.waits('agent', key) || second.form.waits('agent', key);
    const when = waits ? ' (after a reset)' : '';
    return same(was, is) ? [] : [`${label} ${told(field, is)} instead of ${told(field, was)}${when}`];
  });
}

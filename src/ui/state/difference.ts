/** How a run differs from another, in the words of the page. */
import { REWARD_EDITS } from '#core/shaping.ts';
import type { Form } from './form.ts';
import { same, text, told, type Section } from './values.ts';

/** `['Learning rate 0.01 instead of 0.001']`; another world or agent counts as one difference each. */
export function differencesOf(before: Form, after: Form): readonly string[] {
  const seeds = hasSameSeed(before, after)
    ? []
    : [`seed ${text(after.seed)} instead of ${text(before.seed)}`];
  return [
    ...rulesDifferencesOf(before, after),
    ...editsDifferencesOf(before, after),
    ...ofAgent(before, after),
    ...seeds,
  ];
}

/** The differences of the world, its rewards and wrappers: returns under other rules cannot be compared. */
export function rulesDifferencesOf(before: Form, after: Form): readonly string[] {
  return (
    titles('world', before, after) ??
    (['world', 'reward', 'wrap'] as const).flatMap((section) => ofFields(section, before, after))
  );
}

/** The differences of what is added to the reward: returns compare all the same. */
function editsDifferencesOf(before: Form, after: Form): readonly string[] {
  return ofKeys('reward', REWARD_EDITS, before, after);
}

/** Whether the world, its rewards and the seed are the same, as they are of runs side by side. */
export function playsLike(before: Form, after: Form): boolean {
  return (
    rulesDifferencesOf(before, after).length === 0 &&
    editsDifferencesOf(before, after).length === 0 &&
    hasSameSeed(before, after)
  );
}

function hasSameSeed(before: Form, after: Form): boolean {
  return same(before.seed, after.seed);
}

function ofAgent(before: Form, after: Form): readonly string[] {
  return titles('agent', before, after) ?? ofFields('agent', before, after);
}

/** The one difference where world or agent is another. */
function titles(kind: 'world' | 'agent', before: Form, after: Form): readonly string[] | undefined {
  const [was, is] = [before[kind].value, after[kind].value];
  return was && is && was.id !== is.id ? [`${is.title} instead of ${was.title}`] : undefined;
}

function ofFields(section: Section, before: Form, after: Form): readonly string[] {
  return ofKeys(section, after.keysOf(section), before, after);
}

function ofKeys(section: Section, keys: readonly string[], before: Form, after: Form): readonly string[] {
  return keys.flatMap((key) => {
    const [was, is] = [before.shown(section, key), after.shown(section, key)];
    if (same(was, is)) return [];
    const field = after.fieldOf(section, key);
    const when = before.waits(section, key) || after.waits(section, key) ? ' (after a reset)' : '';
    return [`${after.labelOf(section, key)} ${told(field, is)} instead of ${told(field, was)}${when}`];
  });
}

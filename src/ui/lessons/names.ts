/** The lessons of the arena, in their order; what they say and do is loaded when one is opened. */
export const LESSONS = [
  'policy',
  'exploration',
  'discount',
  'deep-q',
  'policy-gradients',
  'reward-hacking',
] as const;
export type LessonId = (typeof LESSONS)[number];

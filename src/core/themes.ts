/** Headings under which the page folds settings, in its order. */
export const THEMES = [
  'Exploration',
  'Learning',
  'Optimizer',
  'Targets',
  'Return distribution',
  'Values and advantages',
  'Network',
  'Replay',
  'Data collection',
  'Planning',
  'Regularisation',
  'Data',
  'Features',
] as const;
export type Theme = (typeof THEMES)[number];

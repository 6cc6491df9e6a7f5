/**
 * Light or dark: the user's choice, which the browser keeps, else the system's. The style sheet follows the attribute that is set
 * here (styles/tokens.css); canvases, which cannot, follow `shown`.
 */
import { computed, effect, signal } from '@preact/signals';
import { keep, readKept } from './kept.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Read by index.html too, before anything is drawn. */
const KEY = 'ludus.theme';

/** What the user has chosen. */
export const theme = signal<Theme>('auto');
const system = signal<'light' | 'dark'>('dark');
/** What is shown. */
export const shownTheme = computed(() => (theme.value === 'auto' ? system.value : theme.value));

/** Reads what was chosen and follows the system and other tabs. */
export function followTheme(): void {
  const query = matchMedia('(prefers-color-scheme: light)');
  const ask = (): void => void (system.value = query.matches ? 'light' : 'dark');
  ask();
  read();
  query.addEventListener('change', ask);
  addEventListener('storage', ({ key }) => key === KEY && read());
  effect(() => {
    void shownTheme.value;
    // The bar of the browser or of the installed page.
    const bar = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
    if (bar) bar.content = getComputedStyle(document.body).backgroundColor;
  });
}

function read(): void {
  const kept = readKept(KEY);
  show(THEMES.find((each) => each === kept) ?? 'auto');
}

export function chooseTheme(chosen: Theme): void {
  show(chosen);
  keep(KEY, chosen);
}

/** The attribute first: who follows the signal reads computed colours. */
function show(chosen: Theme): void {
  const { documentElement: root } = document;
  if (chosen === 'auto') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', chosen);
  theme.value = chosen;
}

/** Lights up what a step is about: marks it, describes it by the step's text, scrolls to it and moves the focus there, once. */
import type { Overlay } from '#core/overlay.ts';
import { openTab } from '../state/dock.ts';
import type { Section } from '../state/values.ts';
import type { Part, Target } from './lesson.ts';

const PARTS: Readonly<Record<Part, string>> = {
  picture: '.run .canvas',
  numbers: '.run .numbers',
  bars: '.run .inspection',
  speed: '.top .segmented',
  curves: '.curves figure',
  network: '.dock-tabs [data-tab="network"]',
};

const PANELS: Readonly<Record<Section, string>> = {
  world: '.panel-world',
  reward: '.panel-world',
  wrap: '.panel-world',
  agent: '.panel-agent',
};

/** Where the focus goes within what is lit; a slider rather than the text field beside it, which opens a phone's keyboard. */
const FOCUSED = ['input[type="range"]', 'select, input', 'button'] as const;

export function selectorOf(target: Target): string {
  switch (target.kind) {
    case 'part':
      return PARTS[target.part];
    case 'field':
      return `${PANELS[target.section]} [data-field="${target.key}"]`;
    case 'overlay':
      return overlayToggle(target.overlay);
  }
}

function overlayToggle(overlay: Overlay): string {
  return `.run .overlay-toggle[data-overlay="${overlay}"]`;
}

/** Follows the element when the page draws it anew; returns what puts the light out. */
export function lightUp(target: Target, describedBy: string): () => void {
  const selector = selectorOf(target);
  if (selector === PARTS.curves) openTab.value = 'curves';
  let putOut: (() => void) | undefined;
  let lit: HTMLElement | undefined;
  let focused = false;
  const look = (): void => {
    if (lit?.isConnected) return;
    putOut?.();
    lit = document.querySelector<HTMLElement>(selector) ?? undefined;
    if (!lit) return;
    putOut = mark(lit, describedBy);
    if (!focused) moveTo(lit);
    focused = true;
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return () => {
    observer.disconnect();
    putOut?.();
  };
}

/** Marks an element and what takes the focus in it; returns what undoes that. */
function mark(element: HTMLElement, describedBy: string): () => void {
  const focus = focusedIn(element);
  const isFocusable = focus.matches('button, select, input, [tabindex]');
  element.dataset['lit'] = '';
  if (!isFocusable) focus.tabIndex = -1;
  describe(focus, (ids) => [...ids, describedBy]);
  return () => {
    delete element.dataset['lit'];
    if (!isFocusable) focus.removeAttribute('tabindex');
    describe(focus, (ids) => ids.filter((id) => id !== describedBy));
  };
}

function describe(element: HTMLElement, change: (ids: readonly string[]) => readonly string[]): void {
  const ids = element.getAttribute('aria-describedby')?.split(' ') ?? [];
  const changed = change(ids);
  if (changed.length > 0) element.setAttribute('aria-describedby', changed.join(' '));
  else element.removeAttribute('aria-describedby');
}

/** Pictures and numbers take it themselves, groups of controls pass it on. */
function focusedIn(element: HTMLElement): HTMLElement {
  if (!element.matches('.field, [role="group"]')) return element;
  return FOCUSED.map((selector) => element.querySelector<HTMLElement>(selector)).find(Boolean) ?? element;
}

function moveTo(element: HTMLElement): void {
  element.scrollIntoView({ block: 'center' });
  const { activeElement } = document;
  // Not from where the learner has gone in the meantime.
  const isElsewhere = activeElement !== document.body && !activeElement?.closest('.guide, .top');
  if (!isElsewhere) focusedIn(element).focus({ preventScroll: true });
}

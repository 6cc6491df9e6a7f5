/** The actions of the top bar: a button and its keys share one object. */
import { SPEEDS, type Speed } from '#worker/protocol.ts';
import { toggled } from './overlays.ts';
import type { Page } from './page.ts';
import type { RunStore } from './run-store.ts';

export interface Action {
  readonly label: string;
  /** Letters by what they type, as `KeyR`; all others by `KeyboardEvent.code`. See `shortcutOf`. */
  readonly keys: readonly string[];
  /** The name to display. */
  readonly keyName: string;
  /** Whether a held key repeats it. */
  readonly repeats?: boolean;
  readonly enabled: () => boolean;
  readonly run: () => void;
}

const SPEED_NAMES: Readonly<Record<Speed, string>> = {
  '1': '1×',
  '4': '4×',
  '16': '16×',
  '64': '64×',
  turbo: 'Turbo',
};

type SpeedAction = Action & { readonly speed: Speed };

export interface Actions {
  readonly toggle: Action;
  readonly step: Action;
  readonly reset: Action;
  readonly inspect: Action;
  readonly overlays: Action;
  readonly lessons: Action;
  readonly humanPlay: Action;
  readonly speeds: readonly SpeedAction[];
}

/** The actions over a page. */
export function makeActions(page: Page): Actions {
  const ready = (): boolean => page.ready.value;
  return {
    toggle: {
      label: 'Play or pause',
      keys: ['Space'],
      keyName: 'Space',
      enabled: ready,
      run: () => void page.toggle(),
    },
    step: {
      label: 'Single step',
      keys: ['ArrowRight'],
      keyName: '→',
      repeats: true,
      enabled: () => ready() && !page.player.value,
      run: () => void page.step(),
    },
    reset: {
      label: 'Reset: start over with an untrained agent',
      keys: ['KeyR'],
      keyName: 'R',
      enabled: () => page.catalogue.value !== undefined,
      run: () => void page.reset(),
    },
    inspect: {
      label: 'Show action values or probabilities',
      keys: ['KeyV'],
      keyName: 'V',
      enabled: () => true,
      run: () => (page.shown.value = toggled(page.shown.value, 'bars')),
    },
    overlays: {
      label: 'Go to the overlays',
      keys: ['KeyO'],
      keyName: 'O',
      enabled: ready,
      run: () => focusOverlays(page.letterOf(page.focused.value)),
    },
    lessons: {
      label: 'Open the lessons, or go on in the one that is open',
      keys: ['KeyL'],
      keyName: 'L',
      enabled: () => true,
      run: goToLessons,
    },
    humanPlay: {
      label: 'Take over: play this world yourself while the agent is paused',
      keys: ['KeyH'],
      keyName: 'H',
      enabled: () => page.focused.value.worker.ready,
      run: () => void page.toggleHumanPlay(),
    },
    speeds: SPEEDS.map((speed, i) => ({
      speed,
      label: SPEED_NAMES[speed],
      keys: [`Digit${i + 1}`, `Numpad${i + 1}`],
      keyName: String(i + 1),
      enabled: () => true,
      run: () => void page.setSpeed(speed),
    })),
  };
}

/** Goes on in the open lesson where its step is done, else to what the step asks; without one, opens the list. */
function goToLessons(): void {
  const next = document.querySelector<HTMLElement>('.guide-next');
  const asked = document.querySelector<HTMLElement>('.guide-step :is(input, button)');
  if (!next) document.querySelector<HTMLElement>('.lessons-button')?.click();
  else if (next.classList.contains('main')) next.click();
  else (asked ?? next).focus();
}

/** Moves the focus to the overlays of a run, where arrows go on. */
function focusOverlays(letter: string): void {
  const bar = `[data-run='${letter}'] .overlay-bar`;
  document.querySelector<HTMLElement>(`${bar} [tabindex='0']`)?.focus();
}

/**
 * Runs the action of a pressed key, or passes it to human play; returns a function that stops listening. Keys that the focused
 * element uses itself are left to it.
 */
export function listenToKeys(target: EventTarget, page: Page, actions: Actions): () => void {
  const { speeds, ...single } = actions;
  const byKey = new Map(
    [...Object.values(single), ...speeds].flatMap((action) => action.keys.map((key) => [key, action])),
  );
  const onDown = (event: Event): void => {
    const press = event as KeyboardEvent;
    const { code, key, target, ctrlKey, metaKey, altKey, repeat } = press;
    if (ctrlKey || metaKey || altKey || isTyping(target, code)) return;
    // One letter would otherwise start another world, without the list being open. An open list keeps its keys to itself.
    if (target instanceof HTMLSelectElement && key.length === 1) event.preventDefault();
    const { value: player } = page.player;
    if (player) {
      if (playKey(player, press)) event.preventDefault();
      return;
    }
    const action = byKey.get(shortcutOf(press));
    if (!action?.enabled() || (repeat && !action.repeats)) return;
    event.preventDefault();
    // The player's arrows must not go to a list or a slider.
    if (action === actions.humanPlay && target instanceof HTMLElement) target.blur();
    action.run();
  };
  const onUp = (event: Event): void => page.player.value?.humanPlays.release((event as KeyboardEvent).code);
  const onAway = (): void => page.player.value?.humanPlays.releaseKeys();
  const listeners = {
    keydown: onDown,
    keyup: onUp,
    blur: onAway,
    visibilitychange: onAway,
    click: dropFocus,
  };
  for (const [name, listener] of Object.entries(listeners)) target.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) target.removeEventListener(name, listener);
  };
}

/**
 * The name of a key as a shortcut: a letter by what it types, since that is what the page tells users to press, also where the
 * layout has it in another place. Where a key types no Latin letter (Cyrillic, Greek) and for all other keys: by its position.
 */
export function shortcutOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  const typesAscii = /^[ -~]$/.test(key);
  return typesAscii && code.startsWith('Key') ? key : code;
}

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'repeat'>;

/** Handles a key during human play, the world's keys, which go by position, first. False if it has no meaning. */
function playKey(run: RunStore, press: Press): boolean {
  const { humanPlays, worker } = run;
  const { code, repeat } = press;
  const action = worker.info.value?.spec.keys[code];
  const shortcut = shortcutOf(press);
  if (action !== undefined) humanPlays.press(code, action);
  else if (repeat) return false;
  else if (shortcut === 'Escape' || shortcut === 'KeyH') void run.giveBack();
  else if (shortcut === 'Backspace' || shortcut === 'KeyR') humanPlays.newEpisode();
  else return false;
  return true;
}

/** Removes the focus from a button that was clicked, so that Space pauses instead of pressing it again. */
export function dropFocus({ target, detail }: Event & { readonly detail?: number }): void {
  const button = target instanceof Element ? target.closest('button') : null;
  // A click by keyboard has detail 0; keyboard users need to keep the focus.
  if (detail !== 0) button?.blur();
}

/** Whether the focused element uses the key itself. */
export function isTyping(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return code === 'Space' || code.startsWith('Arrow');
  if (target instanceof HTMLInputElement) {
    if (target.type === 'checkbox' || target.type === 'file') return code === 'Space';
    if (target.type === 'radio') return code === 'Space' || code.startsWith('Arrow');
    return target.type !== 'range' || code.startsWith('Arrow');
  }
  if (code === 'Space') return ['button', 'summary', 'a'].includes(target.localName);
  // Sideways through what is wider than its place.
  const isSideways = code === 'ArrowLeft' || code === 'ArrowRight';
  return isSideways && target.localName === 'div' && target.scrollWidth > target.clientWidth;
}

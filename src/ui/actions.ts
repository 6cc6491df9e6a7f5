/** What a user can do from the top bar, each once: the same object stands behind its button and its keys. */
import { SPEEDS, type Speed } from '#worker/protocol.ts';
import type { Store } from './store.ts';

export interface Action {
  readonly id: string;
  readonly label: string;
  /** `KeyboardEvent.code`s, and how they are called. */
  readonly keys: readonly string[];
  readonly keyName: string;
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
  readonly view: Action;
  readonly startHumanPlay: Action;
  readonly speeds: readonly SpeedAction[];
}

/** The actions over a store. */
export function makeActions(store: Store): Actions {
  const ready = (): boolean => store.phase.value === 'running' || store.phase.value === 'paused';
  const { game } = store.humanPlays;
  return {
    toggle: {
      id: 'toggle',
      label: 'Play or pause',
      keys: ['Space'],
      keyName: 'Space',
      enabled: ready,
      run: () => void store.toggle(),
    },
    step: {
      id: 'step',
      label: 'One step',
      keys: ['ArrowRight'],
      keyName: '→',
      enabled: () => ready() && !game.value,
      run: () => void store.step(),
    },
    reset: {
      id: 'reset',
      label: 'Reset: a new, untrained agent with the settings shown',
      keys: ['KeyR'],
      keyName: 'R',
      enabled: () => store.catalogue.value !== undefined,
      run: () => void store.reset(),
    },
    view: {
      id: 'view',
      label: 'Show or hide what the agent thinks',
      keys: ['KeyV'],
      keyName: 'V',
      enabled: () => true,
      run: () => (store.overlay.value = !store.overlay.value),
    },
    startHumanPlay: {
      id: 'take-over',
      label: 'Take over: play this world yourself, while the agent waits',
      keys: ['KeyH'],
      keyName: 'H',
      enabled: ready,
      run: () => void (game.value ? store.giveBack() : store.startHumanPlay()),
    },
    speeds: SPEEDS.map((speed, i) => ({
      id: `speed-${speed}`,
      speed,
      label: SPEED_NAMES[speed],
      keys: [`Digit${i + 1}`, `Numpad${i + 1}`],
      keyName: String(i + 1),
      enabled: () => true,
      run: () => void store.setSpeed(speed),
    })),
  };
}

/**
 * Runs the action of a pressed key, or plays the world that was taken over; gives back the function that stops listening.
 * A key that the focused element has a use for is left to it.
 */
export function listenToKeys(target: EventTarget, store: Store, actions: Actions): () => void {
  const { speeds, ...single } = actions;
  const byKey = new Map(
    [...Object.values(single), ...speeds].flatMap((action) => action.keys.map((key) => [key, action])),
  );
  const onDown = (event: Event): void => {
    const { code, target, ctrlKey, metaKey, altKey, repeat } = event as KeyboardEvent;
    if (ctrlKey || metaKey || altKey || isTyping(target, code)) return;
    if (store.humanPlays.game.value) {
      if (playKey(store, code, repeat)) event.preventDefault();
      return;
    }
    const action = byKey.get(code);
    if (!action?.enabled() || (repeat && action.id !== 'step')) return;
    event.preventDefault();
    action.run();
  };
  const onUp = (event: Event): void => store.humanPlays.release((event as KeyboardEvent).code);
  const onAway = (): void => store.humanPlays.releaseKeys();
  const listeners = {
    keydown: onDown,
    keyup: onUp,
    blur: onAway,
    visibilitychange: onAway,
    click: releaseKeys,
  };
  for (const [name, listener] of Object.entries(listeners)) target.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) target.removeEventListener(name, listener);
  };
}

/** A key while the user plays: the world's own come first. False if it means nothing. */
function playKey(store: Store, code: string, repeat: boolean): boolean {
  const { humanPlays, info } = store;
  const action = info.value?.spec.keys[code];
  if (action !== undefined) humanPlays.press(code, action);
  else if (repeat) return false;
  else if (code === 'Escape' || code === 'KeyH') void store.giveBack();
  else if (code === 'Backspace' || code === 'KeyR') humanPlays.newEpisode();
  else return false;
  return true;
}

/** Takes the focus from a button that the mouse has pressed, or Space would press it again instead of pausing. */
function releaseKeys({ target, detail }: Event & { readonly detail?: number }): void {
  const button = target instanceof Element ? target.closest('button') : null;
  // A click by keyboard has detail 0: there the focus is the user's place on the page.
  if (detail !== 0) button?.blur();
}

/** Whether the focused element has a use of its own for the key. */
function isTyping(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  )
    return true;
  if (target instanceof HTMLInputElement) {
    if (target.type === 'checkbox' || target.type === 'file') return code === 'Space';
    return target.type !== 'range' || code.startsWith('Arrow');
  }
  return code === 'Space' && target instanceof HTMLButtonElement;
}

/** A terminal's key presses as `KeyboardEvent.code`, which worlds use. Terminals do not report key releases. */
import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';

const NAMES: Readonly<Record<string, string>> = {
  left: 'ArrowLeft',
  right: 'ArrowRight',
  up: 'ArrowUp',
  down: 'ArrowDown',
  space: 'Space',
  return: 'Enter',
  enter: 'Enter',
  tab: 'Tab',
  backspace: 'Backspace',
  escape: 'Escape',
};

/** Calls `onKey` with the code of every key (Ctrl-C is `Escape`) and `onEnd` at the end of the input, until disposed. */
export function listenToKeys(
  input: ReadStream | NodeJS.ReadStream,
  onKey: (code: string) => void,
  onEnd: () => void,
): Disposable {
  const press = (text: string | undefined, key: Key): void => {
    const code = key.ctrl ? (key.name === 'c' ? 'Escape' : undefined) : codeOf(text, key);
    if (code !== undefined) onKey(code);
  };
  emitKeypressEvents(input);
  if (input.isTTY) input.setRawMode(true);
  input.on('keypress', press);
  input.on('end', onEnd);
  input.resume();
  return {
    [Symbol.dispose]() {
      input.off('keypress', press);
      input.off('end', onEnd);
      if (input.isTTY) input.setRawMode(false);
      input.pause();
    },
  };
}

function codeOf(text: string | undefined, key: Key): string | undefined {
  const name = key.name ?? text ?? '';
  if (/^[a-z]$/i.test(name)) return `Key${name.toUpperCase()}`;
  if (/^\d$/.test(name)) return `Digit${name}`;
  return NAMES[name];
}

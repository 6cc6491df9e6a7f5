/** Files that are dropped on the page. */
import { signal } from '@preact/signals';

/** Whether a file is held over the page. */
export const dropping = signal(false);

/** Hands on every drop that holds files. */
export function listenToDrops(target: EventTarget, take: (event: DragEvent) => void): void {
  target.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    // Else the browser would leave the page for the file.
    event.preventDefault();
    dropping.value = true;
  });
  target.addEventListener('dragleave', (event) => {
    // Not from one part of the page to another.
    if ((event as DragEvent).relatedTarget === null) dropping.value = false;
  });
  target.addEventListener('drop', (event) => {
    dropping.value = false;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    take(event);
  });
}

function holdsFiles(event: Event): event is DragEvent {
  return (event as DragEvent).dataTransfer?.types.includes('Files') === true;
}

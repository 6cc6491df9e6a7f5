/** Which tab of the dock is open, and how others open one. */
import { signal } from '@preact/signals';

/** Id of the open tab. */
export const openTab = signal('curves');

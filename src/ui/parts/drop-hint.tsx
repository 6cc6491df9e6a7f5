/** What a drop does, while a file is held over the page. */
import { dropping } from '../state/drops.ts';
import '../styles/drop-hint.css';

export function DropHint({ says }: { readonly says: string }) {
  return dropping.value ? (
    <p class="drop-hint">
      <span>{says}</span>
    </p>
  ) : null;
}

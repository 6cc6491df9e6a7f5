/** That the session is not saved, and why: nothing is shown while all is well. */
import type { ReadonlySignal } from '@preact/signals';
import { CloudOff, Download } from 'lucide-preact';
import type { Saving } from '../state/saving.ts';
import '../styles/save-state.css';

export interface SaveStateProps {
  readonly saving: ReadonlySignal<Saving | undefined>;
}

export function SaveState({ saving: { value: saving } }: SaveStateProps) {
  const said = saving && say(saving);
  return (
    <div class="save-state">
      <p role="status" aria-label="Saving" title={said}>
        {said === undefined ? null : (
          <>
            <CloudOff size={16} aria-hidden />
            <span>{said}</span>
          </>
        )}
      </p>
      {saving?.problem.value === undefined || !saving.writes.value ? null : (
        <button
          type="button"
          aria-label="Download what is not saved"
          title="Save it as a file instead, with what it has learned"
          onClick={() => void saving.download()}
        >
          <Download size={14} aria-hidden /> Download
        </button>
      )}
    </div>
  );
}

function say({ problem, writes }: Saving): string | undefined {
  if (!writes.value) return 'Saved by another tab, which has this session open, and not here';
  return problem.value === undefined ? undefined : `Not saved: ${problem.value}. Training goes on.`;
}

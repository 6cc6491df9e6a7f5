/** Opens the gallery of trained agents, which is loaded then. */
import { Medal } from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { TrainedProps } from '../trained/trained.tsx';
import { Lazy } from './lazy.tsx';

const load = async () => (await import('../trained/trained.tsx')).Trained;

export function TrainedButton({ page, stage }: Omit<TrainedProps, 'onClose'>) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="icon wide gallery-button"
        aria-haspopup="dialog"
        disabled={!page.ready.value}
        title="Six small agents that have learnt already: watch them, then train one on"
        onClick={() => setOpen(true)}
      >
        <Medal size={15} aria-hidden /> Trained agents
      </button>
      {open ? <Lazy load={load} props={{ page, stage, onClose: () => setOpen(false) }} /> : null}
    </>
  );
}

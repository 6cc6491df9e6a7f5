/** Opens the gallery of worlds, which is loaded then. */
import { LayoutGrid } from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { WorkerLike } from '#worker/client.ts';
import type { Stage } from '#view/stage.ts';
import type { GalleryProps } from '../gallery/gallery.tsx';
import type { Page } from '../state/page.ts';
import { Lazy } from './lazy.tsx';

const load = async () => (await import('../gallery/gallery.tsx')).Gallery;

export interface GalleryDeps {
  /** Starts the worker that plays the worlds of the gallery. */
  readonly spawn: () => WorkerLike;
  readonly stage: Promise<Stage>;
}

export function GalleryButton({ page, deps }: { readonly page: Page; readonly deps: GalleryDeps }) {
  const [open, setOpen] = useState(false);
  const worlds = page.catalogue.value?.worlds;
  const props: GalleryProps | undefined = worlds && {
    ...deps,
    worlds,
    chosen: page.focused.value.draft.value.world,
    onPick: (id) => void page.pickWorld(id),
    onClose: () => setOpen(false),
  };
  return (
    <>
      <button
        type="button"
        class="icon wide gallery-button"
        aria-haspopup="dialog"
        disabled={!worlds}
        title="All worlds, with moving pictures, what is seen, done and paid in each, and scores"
        onClick={() => setOpen(true)}
      >
        <LayoutGrid size={15} aria-hidden /> Browse worlds
      </button>
      {open && props ? <Lazy load={load} props={props} /> : null}
    </>
  );
}

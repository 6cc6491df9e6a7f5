/** The bar across the top of the room: its tabs, and the controls of the fit that they share. */
import { ChevronsRight, Link, Pause, Play, RotateCcw, StepForward } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { Brand } from '../../parts/brand.tsx';
import { SaveState, type SaveStateProps } from '../../parts/save-state.tsx';
import { ThemeSwitch } from '../../parts/theme-switch.tsx';
import { OWN_FITS, TABS, type Tab } from '../state/fit-link.ts';
import { epochOf, stateOf } from '../state/fit-words.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';
import { IconButton } from '../../parts/icon-button.tsx';

const TITLES: Readonly<Record<Tab, string>> = {
  train: 'Train',
  draw: 'Draw',
  inside: 'Look inside',
  playground: 'Playground',
  tour: 'Tour',
};

interface RoomBarProps {
  readonly room: Room;
  readonly saving: SaveStateProps['saving'];
}

export function RoomBar({ room, saving }: RoomBarProps) {
  return (
    <header class="top room-top">
      <Brand room="classifier" />
      {OWN_FITS.has(room.tab.value) ? null : <Controls fit={room.fit} />}
      {room.tab.value === 'train' ? null : <Elsewhere room={room} />}
      <nav class="room-tabs" aria-label="Parts of the room">
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            aria-pressed={room.tab.value === tab}
            onClick={() => (room.tab.value = tab)}
          >
            {TITLES[tab]}
          </button>
        ))}
      </nav>
      <div class="spring">
        <SaveState saving={saving} />
      </div>
      <Share room={room} />
      <ThemeSwitch />
    </header>
  );
}

function Controls({ fit }: { readonly fit: FitStore }) {
  const running = fit.running.value;
  const ready = fit.ready.value;
  const over = fit.progress.value.finished;
  return (
    <div class="group" role="group" aria-label="Fit">
      <IconButton
        label="Reset: start over with an untrained model"
        title="Reset: start over with an untrained model (R)"
        disabled={!fit.catalogue.value}
        onClick={() => void fit.reset()}
      >
        <RotateCcw size={16} aria-hidden />
      </IconButton>
      <IconButton
        primary
        label={running ? 'Pause' : 'Play'}
        title={
          running
            ? 'Pause (Space)'
            : over
              ? 'All epochs are over; raise their number or reset'
              : 'Play (Space)'
        }
        disabled={!ready || over}
        onClick={() => void fit.toggle()}
      >
        {running ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
      </IconButton>
      <IconButton
        label="Single step"
        title="One gradient step (→)"
        disabled={!ready || over}
        onClick={() => void fit.step()}
      >
        <StepForward size={16} aria-hidden />
      </IconButton>
      <IconButton
        label="One epoch"
        title="On to the end of the epoch (E)"
        disabled={!ready || over}
        onClick={() => void fit.step('epoch')}
      >
        <ChevronsRight size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

/** How far Train's fit is while another tab is open; where that has a fit of its own, only as long as it learns. */
function Elsewhere({ room }: { readonly room: Room }) {
  const { fit } = room;
  const isOwn = OWN_FITS.has(room.tab.value);
  const running = fit.running.value;
  if (!fit.info.value || (isOwn && !running)) return null;
  return (
    <div class="elsewhere" role="group" aria-label="Fit of Train">
      {isOwn ? (
        <IconButton
          label="Pause training"
          title="Pause the fit of Train, which goes on meanwhile"
          onClick={() => void fit.pause()}
        >
          <Pause size={16} aria-hidden />
        </IconButton>
      ) : null}
      <span role="status" aria-label="State">
        {isOwn ? `Train is ${stateOf(fit).toLowerCase()}` : stateOf(fit)}, epoch {epochOf(fit)}
      </span>
    </div>
  );
}

function Share({ room }: { readonly room: Room }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const address = new URL(`#${room.link.value}`, location.href).href;
    await navigator.clipboard.writeText(address).then(
      () => setCopied(true),
      () => prompt('Link to this setup', address),
    );
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      class="icon wide share"
      title="Copy a link to this setup"
      onClick={() => void copy()}
    >
      <Link size={15} aria-hidden />{' '}
      <span class="label" aria-live="polite">
        {copied ? 'Copied' : 'Share'}
      </span>
    </button>
  );
}

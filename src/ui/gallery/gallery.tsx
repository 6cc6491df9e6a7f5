/** The gallery of worlds: a dialog of cards with moving pictures, to search, narrow down and pick from. */
import { X } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WorkerLike } from '#worker/client.ts';
import type { WorldEntry } from '#worker/protocol.ts';
import type { Stage } from '#view/stage.ts';
import { TRAITS, type Trait } from './facts.ts';
import { neighbour } from './neighbour.ts';
import { Previews } from './previews.ts';
import { WorldCard } from './world-card.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { capital } from '../state/values.ts';
import './gallery.css';

export interface GalleryProps {
  readonly worlds: readonly WorldEntry[];
  /** The world on the page. */
  readonly chosen: string;
  readonly spawn: () => WorkerLike;
  readonly stage: Promise<Stage>;
  readonly onPick: (world: string) => void;
  readonly onClose: () => void;
}

export function Gallery({ worlds, chosen, spawn, stage, onPick, onClose }: GalleryProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState('');
  const [traits, setTraits] = useState<readonly Trait[]>([]);
  const [active, setActive] = useState(chosen);
  const previews = usePreviews(spawn, stage);
  useEffect(() => {
    dialog.current?.showModal();
    // Not the search: a phone would cover the cards with its keyboard.
    dialog.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, []);
  const found = worlds.filter((world) => matches(world, search, group, traits));
  const told = found.find(({ id }) => id === active) ?? found[0];
  const pick = (id: string): void => {
    onPick(id);
    dialog.current?.close();
  };
  return (
    <dialog
      class="gallery"
      ref={dialog}
      aria-label="Worlds"
      onClose={onClose}
      onKeyDown={(event) => {
        // Its keys are not those of the runs behind it.
        event.stopPropagation();
        move(event, dialog.current);
      }}
      onClick={(event) => {
        // Beside the dialog, on its backdrop.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <header class="gallery-head">
        <h2>Worlds</h2>
        <input
          type="search"
          aria-label="Search worlds"
          placeholder="Search"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Choices worlds={worlds} group={group} setGroup={setGroup} traits={traits} setTraits={setTraits} />
        <IconButton label="Close" onClick={() => dialog.current?.close()}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <p class="gallery-count" role="status">
        {found.length === worlds.length ? `${found.length} worlds` : `${found.length} of ${worlds.length}`}
      </p>
      <ul class="gallery-cards" aria-label="Cards of worlds">
        {found.map((world) => (
          <li key={world.id}>
            <Card
              world={world}
              previews={previews}
              isChosen={world.id === chosen}
              isActive={world === told}
              onActive={() => setActive(world.id)}
              onPick={() => pick(world.id)}
            />
          </li>
        ))}
      </ul>
      <section class="gallery-told" aria-label="About the world">
        {told ? (
          <>
            <h3>{told.title}</h3>
            <p>{told.summary}</p>
            <button type="button" class="main" onClick={() => pick(told.id)}>
              Start {told.title}
            </button>
            <WorldCard world={told} />
            {told.needs === undefined ? null : <p class="gallery-needs">{told.needs}</p>}
          </>
        ) : (
          <p>No world matches.</p>
        )}
      </section>
    </dialog>
  );
}

function usePreviews(spawn: () => WorkerLike, stage: Promise<Stage>): Previews | undefined {
  const [previews, setPreviews] = useState<Previews>();
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const made = new Previews(spawn, stage, still);
    setPreviews(made);
    return () => made[Symbol.dispose]();
  }, [spawn, stage]);
  return previews;
}

function matches(world: WorldEntry, search: string, group: string, traits: readonly Trait[]): boolean {
  const text = `${world.title} ${world.id} ${world.summary} ${world.group}`.toLowerCase();
  return (
    (group === '' || world.group === group) &&
    TRAITS.every(({ id, has }) => !traits.includes(id) || has(world)) &&
    search
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}

interface ChoicesProps {
  readonly worlds: readonly WorldEntry[];
  readonly group: string;
  readonly setGroup: (group: string) => void;
  readonly traits: readonly Trait[];
  readonly setTraits: (traits: readonly Trait[]) => void;
}

function Choices({ worlds, group, setGroup, traits, setTraits }: ChoicesProps) {
  const groups = ['', ...new Set(worlds.map((world) => world.group))];
  return (
    <div class="gallery-choices">
      <select
        aria-label="Group"
        value={group}
        onChange={({ currentTarget }) => setGroup(currentTarget.value)}
      >
        {groups.map((id) => (
          <option key={id} value={id}>
            {id === '' ? 'All groups' : capital(id)}
          </option>
        ))}
      </select>
      {TRAITS.map(({ id, title, help }) => {
        const isOn = traits.includes(id);
        return (
          <button
            key={id}
            type="button"
            class="chip"
            aria-pressed={isOn}
            title={help}
            onClick={() => setTraits(isOn ? traits.filter((one) => one !== id) : [...traits, id])}
          >
            {title}
          </button>
        );
      })}
    </div>
  );
}

interface CardProps {
  readonly world: WorldEntry;
  readonly previews: Previews | undefined;
  readonly isChosen: boolean;
  /** Whether it is the one that is told about, and reached by Tab. */
  readonly isActive: boolean;
  readonly onActive: () => void;
  readonly onPick: () => void;
}

function Card({ world, previews, isChosen, isActive, onActive, onPick }: CardProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Before the press, which gives it the focus. */
  const toldBefore = useRef(false);
  useEffect(
    () => (canvas.current ? previews?.watch(world.id, canvas.current) : undefined),
    [previews, world.id],
  );
  return (
    <button
      type="button"
      class="gallery-card"
      aria-current={isChosen || undefined}
      data-active={isActive || undefined}
      tabIndex={isActive ? 0 : -1}
      title={world.summary}
      onFocus={onActive}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && onActive()}
      onPointerDown={() => (toldBefore.current = isActive)}
      onClick={(event) => {
        // Where nothing hovers, the first tap tells about the world and the second starts it.
        const touched = event instanceof PointerEvent && event.pointerType === 'touch';
        if (touched && !toldBefore.current) onActive();
        else onPick();
      }}
    >
      <canvas ref={canvas} aria-hidden />
      <span>{world.title}</span>
    </button>
  );
}

/** Arrows go from card to card, and from the search to the first; letters go to the search. */
function move(event: KeyboardEvent, dialog: HTMLDialogElement | null): void {
  const cards = [...(dialog?.querySelectorAll<HTMLElement>('.gallery-card') ?? [])];
  const { activeElement } = document;
  if (activeElement instanceof HTMLInputElement) {
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    cards[0]?.focus();
    return;
  }
  const from = cards.findIndex((card) => card === activeElement);
  if (from < 0) return;
  const { ctrlKey, metaKey, altKey } = event;
  if (/^[\p{L}\d]$/u.test(event.key) && !ctrlKey && !metaKey && !altKey)
    dialog?.querySelector<HTMLElement>('input')?.focus();
  const places = cards.map((card) => card.getBoundingClientRect());
  const next = neighbour(places, from, event.key);
  if (next === undefined) return;
  event.preventDefault();
  cards[next].focus();
}

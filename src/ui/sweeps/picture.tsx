/** A picture of trials: the pointer, or the arrow keys, go from mark to mark, and a line says which trial that is. */
import { batch, useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { SweepOverview } from '#worker/sweep/protocol.ts';
import { nearest, towards, type Mark } from './marks.ts';
import type { Place, SweepStore } from './sweep-store.ts';
import { tell } from './words.ts';
import './pictures.css';

/** What a picture draws in a given width. */
export interface Drawing {
  /** At least the width that was asked for. */
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
  readonly body: ComponentChildren;
  /** The line of a trial, drawn over the others while it is looked at. */
  readonly trace?: (place: Place) => string;
}

interface PictureProps {
  readonly store: SweepStore;
  readonly overview: SweepOverview;
  readonly title: string;
  /** What is seen, for those who do not see it. */
  readonly says: string;
  readonly class?: string;
  /** The same function as long as the drawing is the same. */
  readonly draw: (width: number) => Drawing;
  readonly children?: ComponentChildren;
}

export function Picture({ store, overview, title, says, class: look = '', draw, children }: PictureProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const drawing = useMemo(() => (width > 0 ? draw(width) : undefined), [draw, width]);
  const isActive = useSignal(false);
  const id = useId();
  return (
    <figure class={`card sweep-picture ${look}`} aria-labelledby={id}>
      <figcaption>
        <h2 id={id}>{title}</h2>
        {children}
      </figcaption>
      <div class="sweep-canvas" ref={host}>
        {drawing ? <Canvas {...{ store, drawing, says, title, isActive }} /> : null}
      </div>
      <Told {...{ store, overview, isActive }} />
    </figure>
  );
}

interface CanvasProps extends Pick<PictureProps, 'store' | 'says' | 'title'> {
  readonly drawing: Drawing;
  /** Whether the pointer or the focus is there. */
  readonly isActive: Signal<boolean>;
}

function Canvas({ store, drawing, says, title, isActive }: CanvasProps) {
  const { width, height, marks, body, trace } = drawing;
  const at = ({ clientX, clientY, currentTarget }: MouseEvent): Mark | undefined => {
    const { left, top } = (currentTarget as Element).getBoundingClientRect();
    return nearest(marks, clientX - left, clientY - top);
  };
  const find = (place: Place | undefined): Mark | undefined =>
    marks.find(({ trial, round }) => trial === place?.trial && round === place.round) ??
    marks.findLast(({ trial }) => trial === place?.trial);
  const point = (mark: Mark | undefined): void =>
    batch(() => {
      store.pointed.value = mark && placeOf(mark);
      isActive.value = mark !== undefined;
    });
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = find(store.pointed.value ?? store.told.value) ?? marks.at(0);
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') store.chosen.value = placeOf(from);
    else {
      const to = towards(marks, from, event.key);
      if (!to) return;
      point(to);
    }
    event.preventDefault();
  };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="application"
      tabIndex={0}
      aria-label={`${title}. ${says} Arrow keys go from trial to trial, Enter chooses one.`}
      onPointerMove={(event) => point(at(event))}
      onPointerLeave={() => point(undefined)}
      onClick={(event) => {
        const mark = at(event);
        if (mark) store.chosen.value = placeOf(mark);
      }}
      onKeyDown={onKeyDown}
      onFocus={({ currentTarget }) => {
        if (currentTarget.matches(':focus-visible')) point(find(store.told.value));
      }}
      onBlur={() => point(undefined)}
    >
      {body}
      <Highlight store={store} find={find} {...(trace && { trace })} />
    </svg>
  );
}

interface HighlightProps extends Pick<Drawing, 'trace'> {
  readonly store: SweepStore;
  readonly find: (place: Place | undefined) => Mark | undefined;
}

/** Drawn over the rest, which stays as it is. */
function Highlight({ store, find, trace }: HighlightProps) {
  const { value: pointed } = store.pointed;
  const { value: told } = store.told;
  const best = store.reading.value?.overview.best;
  const looks = [
    ['told', find(told)],
    ['pointed', find(pointed)],
  ] as const;
  return (
    <g aria-hidden="true">
      {looks.map(([look, mark]) =>
        mark ? (
          <g key={look} class={`sweep-${look}`} data-best={mark.trial === best?.trial || undefined}>
            {trace ? <path d={trace(mark)} /> : null}
            <circle cx={mark.x} cy={mark.y} r={6.5} />
          </g>
        ) : null,
      )}
    </g>
  );
}

/** The trial that is pointed at here. */
function Told({
  store,
  overview,
  isActive,
}: Pick<PictureProps & CanvasProps, 'store' | 'overview' | 'isActive'>) {
  const { value: pointed } = store.pointed;
  return (
    <p class="sweep-under" role="status">
      {isActive.value && pointed ? tell(overview, pointed) : ''}
    </p>
  );
}

function placeOf({ trial, round }: Mark): Place {
  return { trial, round };
}

/** The width of an element, in CSS pixels; 0 before it is there. */
function useWidth(host: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = host;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [host]);
  return width;
}

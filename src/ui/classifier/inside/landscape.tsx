/** The loss around the solution as a map, beside that of another model. */
import type { FitInfo } from '#worker/classifier/protocol.ts';
import { figure } from '../../state/values.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { RoomProps } from '../state/room.ts';
import { isNormalised, MEASURED, type LandscapeLook, type Map } from './landscape-look.ts';
import { lookOf } from './look.ts';
import { viridis } from './paint.ts';
import { MapPicture } from './map-picture.tsx';

export function Landscape({ room }: RoomProps) {
  const { landscape: look } = lookOf(room);
  const { value: info } = room.fit.info;
  if (!info) return null;
  const { value: left } = look.left;
  const { value: right } = look.right;
  return (
    <>
      <p class="inside-say">
        The weights move along two random directions, each filter by up to its own length, and the loss on{' '}
        {MEASURED} test examples is measured: Li et al. 2018. The cross is where training has got to. Flat and
        round is easier to train and often generalises better.
      </p>
      <Controls look={look} info={info} fit={room.fit} />
      {look.failure.value === undefined ? null : (
        <p class="error" role="alert">
          {look.failure.value}
        </p>
      )}
      <div class="side-by-side">
        <MapFigure look={look} map={left} wait={look.busy.value !== undefined} />
        <MapFigure look={look} map={right} wait={look.busy.value === 'right'} />
      </div>
      {left || right ? <Scale look={look} /> : null}
    </>
  );
}

interface ControlsProps {
  readonly look: LandscapeLook;
  readonly info: FitInfo;
  readonly fit: FitStore;
}

function Controls({ look, info, fit }: ControlsProps) {
  const busy = look.busy.value !== undefined;
  const { done } = fit.progress.value;
  return (
    <div class="inside-controls">
      <label>
        Points{' '}
        <select
          value={look.side.value}
          disabled={busy}
          onChange={(event) => (look.side.value = Number(event.currentTarget.value))}
        >
          {[9, 15, 25, 41].map((side) => (
            <option key={side} value={side}>
              {side} × {side}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="main" disabled={busy} onClick={() => void look.look()}>
        Look around
      </button>
      <button type="button" disabled={busy || !look.left.value} onClick={() => look.keep()}>
        Keep beside
      </button>
      <button type="button" disabled={busy} onClick={() => void look.compare('untrained')}>
        Beside: before training
      </button>
      <button
        type="button"
        disabled={busy || done === 0}
        title={done === 0 ? 'Train the model first: its twin trains as long' : 'Trains a twin for as long'}
        onClick={() => void look.compare('normalisation')}
      >
        Beside: {isNormalised(info) ? 'without' : 'with'} batch normalisation
      </button>
      {busy ? (
        <>
          <button type="button" onClick={() => look.stop()}>
            Stop
          </button>
          <span role="status" aria-label="Landscape" class="dim">
            {saidOf(look, fit)}
          </span>
        </>
      ) : null}
    </div>
  );
}

/** What is being done: `This model: row 3 of 15 · twin: epoch 0.5`. */
function saidOf(look: LandscapeLook, fit: FitStore): string {
  const rows = (of: FitStore): string | undefined => {
    const row = look.rowOf(of);
    return row === undefined ? undefined : `row ${row} of ${look.side.value}`;
  };
  const { value: twin } = look.twin;
  const own = rows(fit);
  const others = twin && (rows(twin.fit) ?? `epoch ${figure(twin.fit.epoch.value)}`);
  const parts = [own && `This model: ${own}`, others && `twin: ${others}`].filter(Boolean);
  return parts.join(' · ') || 'Measuring…';
}

/** `This model, epoch 1.5`. */
function titleOf({ name, epoch }: Map): string {
  return `${name}, epoch ${Number(epoch.toFixed(2))}`;
}

function MapFigure({
  look,
  map,
  wait,
}: {
  readonly look: LandscapeLook;
  readonly map: Map | undefined;
  readonly wait: boolean;
}) {
  if (!map) return <div class="wall wall-empty">{wait ? 'Working…' : 'Nothing yet'}</div>;
  return (
    <figure class="wall" aria-label={titleOf(map)}>
      <figcaption>
        <strong>{titleOf(map)}</strong>
        <span>
          loss at the cross <b>{figure(map.centre)}</b>
        </span>
      </figcaption>
      <MapPicture
        shares={look.sharesOf(map)}
        label={`Loss from ${figure(Math.min(...map.losses))} to ${figure(Math.max(...map.losses))}, ${figure(map.centre)} in the middle`}
      />
    </figure>
  );
}

function Scale({ look }: { readonly look: LandscapeLook }) {
  const [least, most] = look.extent.value;
  const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => `rgb(${viridis(share).map(Math.round).join(' ')})`);
  return (
    <p class="colour-scale">
      <span>{figure(least)}</span>
      <i style={{ background: `linear-gradient(90deg, ${stops.join(', ')})` }} />
      <span>{figure(most)}</span>
      <span class="dim">loss, logarithmic; both maps share the scale</span>
    </p>
  );
}

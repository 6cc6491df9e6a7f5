/** The test pictures that each feature of a layer likes best, and the picture that it would like even better. */
import { useEffect } from 'preact/hooks';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import { figure, plural } from '../../state/values.ts';
import type { RoomProps } from '../state/room.ts';
import { lookOf } from './look.ts';
import { PER_PAGE, type NeuronLook } from './neuron-look.ts';
import { Picture } from '../../parts/picture.tsx';

export function Neurons({ room }: RoomProps) {
  const { neurons } = lookOf(room);
  const { value: info } = room.fit.info;
  const stale = info !== undefined && neurons.isStale(info);
  const rests = room.fit.phase.value !== 'running' || room.fit.progress.value.finished;
  useEffect(() => {
    // Once more when training has paused, since the model is another one then.
    const isOld = rests && neurons.found.peek()?.epoch !== room.fit.epoch.peek();
    if (info && (stale || isOld)) void neurons.look();
    // oxlint-disable-next-line react/exhaustive-deps
  }, [stale, rests, info?.run, neurons.layer.value]);
  if (!info) return null;
  return (
    <>
      <p class="inside-say">
        For every feature, the test pictures at which it is strongest, and, framed, a picture made for it:
        gradient ascent from grey, kept smooth. Click a picture to see it large.
      </p>
      <Choice neurons={neurons} info={info} />
      <Large neurons={neurons} info={info} />
      {stale ? <p class="inside-wait">Looking at {plural(info.counts.test, 'test picture')}…</p> : null}
      <div class="feature-wall">
        {stale
          ? null
          : neurons.features.value.map((feature) => (
              <Feature key={feature} neurons={neurons} info={info} feature={feature} />
            ))}
      </div>
    </>
  );
}

interface Props {
  readonly neurons: NeuronLook;
  readonly info: FitInfo;
}

function Choice({ neurons, info }: Props) {
  const { value: page } = neurons.page;
  const { value: pages } = neurons.pages;
  const { value: found } = neurons.found;
  const features = found ? found.rows.length / found.kept : 0;
  const last = Math.min(features, (page + 1) * PER_PAGE);
  return (
    <div class="inside-controls">
      <label>
        Layer{' '}
        <select
          value={neurons.chosen(info)}
          onChange={(event) => (neurons.layer.value = Number(event.currentTarget.value))}
        >
          {neurons.layersOf(info).map(({ index, title }) => (
            <option key={index} value={index}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        disabled={neurons.busy.value && !found}
        title="Look at the model as it is now"
        onClick={() => void neurons.look()}
      >
        Look again
      </button>
      <span class="inside-spring" role="status" aria-label="What is shown">
        {found ? `As of epoch ${figure(found.epoch)}` : ''}
        {neurons.busy.value ? ' · working…' : ''}
      </span>
      <span class="pager">
        <button
          type="button"
          aria-label="Previous features"
          disabled={page === 0}
          onClick={() => void neurons.turnTo(page - 1)}
        >
          ‹
        </button>
        <span>{features > 0 ? `Features ${page * PER_PAGE + 1}–${last} of ${features}` : ''}</span>
        <button
          type="button"
          aria-label="Next features"
          disabled={page + 1 >= pages}
          onClick={() => void neurons.turnTo(page + 1)}
        >
          ›
        </button>
      </span>
    </div>
  );
}

function Feature({ neurons, info, feature }: Props & { readonly feature: number }) {
  const { value: found } = neurons.found;
  if (!found) return null;
  const places = Array.from({ length: found.kept }, (_, k) => feature * found.kept + k);
  const made = neurons.stimuli.value.get(feature);
  const strongest = found.values[places[0]];
  return (
    <section class="feature" aria-label={`Feature ${feature + 1}`}>
      <h2>
        {feature + 1} <span>{strongest === 0 ? 'never active' : figure(strongest)}</span>
      </h2>
      <div class="feature-pictures">
        {made ? (
          <button
            type="button"
            class="look-tile look-tile-made"
            aria-label={`What feature ${feature + 1} likes best`}
            onClick={() => (neurons.shown.value = { ...made, feature })}
          >
            <Picture values={made.picture} shape={info.shape} label="Made by gradient ascent" />
          </button>
        ) : (
          <span class="look-tile look-tile-made" />
        )}
        {places.map((place) => {
          const row = found.rows[place];
          const picture = neurons.pictures.value.get(row);
          if (!picture) return <span key={place} class="look-tile" />;
          const value = found.values[place];
          return (
            <button
              key={place}
              type="button"
              class="look-tile"
              aria-label={`Test picture ${row}: ${figure(value)}`}
              onClick={() => (neurons.shown.value = { picture, value, feature, row })}
            >
              <Picture values={picture} shape={info.shape} label={`Test picture ${row}`} />
            </button>
          );
        })}
      </div>
    </section>
  );
}

function Large({ neurons, info }: Props) {
  const { value: shown } = neurons.shown;
  if (!shown) return null;
  const { feature, picture, row, value } = shown;
  const what = row === undefined ? 'Made for the feature' : `Test picture ${row}`;
  return (
    <figure class="large">
      <Picture values={picture} shape={info.shape} label={what} />
      <figcaption>
        <strong>Feature {feature + 1}</strong>
        <span>{what}</span>
        <span>
          Activation <b>{figure(value)}</b>
        </span>
        <button type="button" onClick={() => (neurons.shown.value = undefined)}>
          Close
        </button>
      </figcaption>
    </figure>
  );
}

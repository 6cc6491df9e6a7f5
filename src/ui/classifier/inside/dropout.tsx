/** Features that an autoencoder learns without and with dropout, side by side. */
import type { ReadonlySignal } from '@preact/signals';
import { figure } from '../../state/values.ts';
import type { RoomProps } from '../state/room.ts';
import { UNITS, type DropoutLook, type Features } from './dropout-look.ts';
import { lookOf } from './look.ts';
import { Picture } from '../../parts/picture.tsx';

export function Dropout({ room }: RoomProps) {
  const { dropout } = lookOf(room);
  const { value: rate } = dropout.rate;
  return (
    <>
      <p class="inside-say">
        Two autoencoders of {UNITS} ReLUs learn to repeat these pictures, one of them with dropout. Without
        it, a feature may rely on all others to mend what it spoils, and means little by itself. With it,
        features find edges, strokes and spots: Srivastava et al. 2014, Fig. 7. Each picture is the weights of
        one unit.
      </p>
      <div class="inside-controls">
        <label>
          Epochs{' '}
          <select
            value={dropout.epochs.value}
            disabled={dropout.busy.value}
            onChange={(event) => (dropout.epochs.value = Number(event.currentTarget.value))}
          >
            {[1, 5, 10, 20, 50].map((epochs) => (
              <option key={epochs}>{epochs}</option>
            ))}
          </select>
        </label>
        <label>
          Dropout{' '}
          <select
            value={rate}
            disabled={dropout.busy.value}
            onChange={(event) => (dropout.rate.value = Number(event.currentTarget.value))}
          >
            {[0.2, 0.5, 0.8].map((share) => (
              <option key={share}>{share}</option>
            ))}
          </select>
        </label>
        {dropout.busy.value ? (
          <button type="button" onClick={() => dropout.stop()}>
            Stop
          </button>
        ) : (
          <button type="button" class="main" onClick={() => void dropout.train()}>
            Train both
          </button>
        )}
        <span class="inside-spring dim">The room's own fit pauses meanwhile.</span>
      </div>
      {dropout.failure.value === undefined ? null : (
        <p class="error" role="alert">
          {dropout.failure.value}
        </p>
      )}
      <div class="side-by-side">
        <FeatureWall dropout={dropout} title="Without dropout" features={dropout.without} />
        <FeatureWall dropout={dropout} title={`Dropout ${rate}`} features={dropout.withDropout} />
      </div>
    </>
  );
}

function FeatureWall({
  dropout,
  title,
  features,
}: {
  readonly dropout: DropoutLook;
  readonly title: string;
  readonly features: ReadonlySignal<Features | undefined>;
}) {
  const { value: seen } = features;
  return (
    <figure class="wall" aria-label={title}>
      <figcaption>
        <strong>{title}</strong>
        <span role="status">
          {seen
            ? `Epoch ${figure(seen.epoch)}${seen.error === undefined ? '' : ` · test error ${figure(seen.error)}`}`
            : ''}
        </span>
      </figcaption>
      {seen ? (
        <Picture
          values={seen.values}
          shape={dropout.shape.value}
          columns={16}
          look="weights"
          reach={seen.reach}
          label={`Weights of ${UNITS} units, ${title.toLowerCase()}, epoch ${figure(seen.epoch)}`}
        />
      ) : (
        <div class="wall-empty">{dropout.busy.value ? 'Loading…' : 'Not trained yet'}</div>
      )}
    </figure>
  );
}

/** Draw: a pad, what the model takes the digit for, why, and what every layer makes of it. */
import { useEffect, useMemo } from 'preact/hooks';
import { DIGIT_SIDE } from '#data/draw.ts';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import { plural } from '../../state/values.ts';
import type { FitStore } from '../state/fit-store.ts';
import { epochsOf } from '../state/fit-words.ts';
import { Pad } from '../state/pad.ts';
import type { RoomProps } from '../state/room.ts';
import { Activations } from './activations.tsx';
import { AttributionLine } from './attribution-line.tsx';
import { PadCanvas } from './pad-canvas.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Probabilities } from './probabilities.tsx';
import '../styles/draw.css';

export function Draw({ room: { fit, drawn } }: RoomProps) {
  const pad = useMemo(() => new Pad(fit, drawn), [fit, drawn]);
  useEffect(() => () => pad[Symbol.dispose](), [pad]);
  const { value: info } = fit.info;
  return (
    <div class="draw">
      <section class="card draw-pad" aria-label="Pad">
        <PadCanvas fit={fit} pad={pad} />
        <AttributionLine fit={fit} />
      </section>
      <section class="card draw-read" aria-label="Reading">
        {info && !pad.suits.value ? (
          <Unsuited fit={fit} info={info} />
        ) : (
          <>
            <h2>
              {fit.form.model.value?.title} reads
              <span class="dim"> after {epochsOf(fit)}</span>
            </h2>
            <Probabilities fit={fit} pad={pad} />
          </>
        )}
      </section>
      {info && !pad.suits.value ? null : (
        <>
          <section class="card draw-why" aria-label="What matters">
            <Why pad={pad} names={info?.task.names ?? []} />
          </section>
          <section class="card draw-layers" aria-label="Activations">
            <h2>Layer by layer</h2>
            {info?.layers.some(({ kind }) => kind === 'conv2d') ? (
              <p class="dim hint">Point at a cell of a convolution to see how its number is made.</p>
            ) : null}
            <Activations fit={fit} pad={pad} />
          </section>
        </>
      )}
    </div>
  );
}

/** Why the model at hand cannot read the pad, and the way to one that can. */
function Unsuited({ fit, info }: { readonly fit: FitStore; readonly info: FitInfo }) {
  return (
    <>
      <h2>{fit.form.model.value?.title} cannot read digits</h2>
      <p>
        It learns {fit.form.data.value?.title}: {takenFrom(info)}. What is drawn here is a grey picture of{' '}
        {DIGIT_SIDE} × {DIGIT_SIDE} pixels.
      </p>
      <button type="button" class="main" onClick={() => void fit.pickData('mnist')}>
        Learn MNIST
      </button>
    </>
  );
}

/** `classes from 4 numbers`, `numbers from pictures of 32 × 32 pixels in 3 colours`. */
function takenFrom({ shape, task }: FitInfo): string {
  const [height, width, channels] = shape;
  const colours = channels === 1 ? 'grey' : `in ${channels} colours`;
  const inputs =
    shape.length === 3
      ? `pictures of ${height} × ${width} pixels, ${colours}`
      : plural(inputsOf(shape), 'number');
  return `${task.kind} from ${inputs}`;
}

function inputsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The digit as the model gets it, and which of its pixels matter. */
function Why({ pad, names }: { readonly pad: Pad; readonly names: readonly string[] }) {
  const { value: digit } = pad.digit;
  const { value: attribution } = pad.attribution;
  const blank = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  const shape = [DIGIT_SIDE, DIGIT_SIDE, 1];
  const about = attribution ? ` for ${names[attribution.output]}` : '';
  return (
    <>
      <h2>What the model sees{about}</h2>
      <div class="seen">
        <figure>
          <Picture shape={shape} values={digit ?? blank} label="The digit as the model gets it" />
          <figcaption>input, 28×28, centred as in MNIST</figcaption>
        </figure>
        <figure>
          <Picture
            shape={shape}
            values={attribution?.gradient ?? blank}
            look="signed"
            label={`Gradient${about}`}
          />
          <figcaption>gradient: pixels that would change the score</figcaption>
        </figure>
        <figure>
          <Picture
            shape={shape}
            values={attribution?.occlusion ?? blank}
            look="signed"
            label={`Occlusion${about}`}
          />
          <figcaption>occlusion: what the class loses when a square is covered</figcaption>
        </figure>
      </div>
    </>
  );
}

/** A picture that is moved just enough to be taken for another class, and how often that works. */
import { argmax } from '#core/argmax.ts';
import { Shuffle } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import { figure } from '../../state/values.ts';
import type { RoomProps } from '../state/room.ts';
import { MEASURED, withoutTwin, type AdversarialLook, type Method } from './adversarial-look.ts';
import { lookOf } from './look.ts';
import { Picture } from '../../parts/picture.tsx';
import { AccuracyPlot } from './plot.tsx';

const METHODS: Readonly<Record<Method, string>> = { fgsm: 'FGSM', pgd: 'PGD' };

export function Adversarial({ room }: RoomProps) {
  const { adversarial: look } = lookOf(room);
  const { value: info } = room.fit.info;
  const rests = room.fit.phase.value !== 'running' || room.fit.progress.value.finished;
  useEffect(() => {
    if (info) void look.retake();
    // Once more when training has paused, since the model is another one then.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [info?.run, rests]);
  if (!info) return null;
  return (
    <>
      <p class="inside-say">
        Every pixel moves by at most ε, in the direction that raises the loss: in one step with FGSM
        (Goodfellow et al. 2015), in 40 small ones with PGD (Madry et al. 2018).
      </p>
      <div class="fooling">
        <div>
          <Attack room={room} look={look} info={info} />
        </div>
        <div>
          <Robustness room={room} look={look} info={info} />
        </div>
      </div>
    </>
  );
}

interface Props {
  readonly look: AdversarialLook;
  readonly info: FitInfo;
}

function Attack({ room, look, info }: RoomProps & Props) {
  const { value: target } = look.target;
  const { value: drawn } = room.drawn;
  const { value: epsilon } = look.epsilon;
  const set = (value: number): void => {
    look.epsilon.value = value;
    void look.attack();
  };
  const choose = (method: Method): void => {
    look.method.value = method;
    void look.attack();
  };
  const row = target?.row ?? 0;
  const isDrawn = target !== undefined && target.row === undefined;
  return (
    <>
      <div class="inside-controls">
        <label class="slider">
          <span>
            ε <b>{figure(epsilon)}</b>
          </span>
          <input
            type="range"
            aria-label="ε"
            min={0}
            max={0.5}
            step={0.005}
            value={epsilon}
            onInput={(event) => set(Number(event.currentTarget.value))}
          />
        </label>
        <div class="segmented" role="group" aria-label="Method">
          {(Object.keys(METHODS) as Method[]).map((method) => (
            <button
              key={method}
              type="button"
              aria-pressed={look.method.value === method}
              onClick={() => choose(method)}
            >
              {METHODS[method]}
            </button>
          ))}
        </div>
        <span class="pager inside-spring">
          <button type="button" aria-label="Previous picture" onClick={() => void look.take(row - 1)}>
            ‹
          </button>
          <span>{isDrawn ? 'Your digit' : `Test picture ${row}`}</span>
          <button type="button" aria-label="Next picture" onClick={() => void look.take(row + 1)}>
            ›
          </button>
          {/* A step that is prime to any usual number of pictures comes by all of them. */}
          <button
            type="button"
            aria-label="Another picture"
            title="Another picture"
            onClick={() => void look.take(row + 3137)}
          >
            <Shuffle size={14} aria-hidden />
          </button>
          <button
            type="button"
            aria-pressed={isDrawn}
            disabled={drawn?.length !== info.shape.reduce((product, length) => product * length, 1)}
            title={drawn ? 'The digit that you drew' : 'Draw a digit under Draw first'}
            onClick={() => void look.takeDrawn()}
          >
            Drawn
          </button>
        </span>
      </div>
      <Result look={look} info={info} />
    </>
  );
}

function Result({ look, info }: Props) {
  const { value: target } = look.target;
  const { value: attacked } = look.attacked;
  if (!target || !attacked || attacked.picture.length !== target.pixels.length) return null;
  const original = Float32Array.from(target.pixels, (byte) => byte / 255);
  const moved = attacked.picture.map((value, k) => value - original[k]);
  const { names } = info.task;
  const [before, after] = [argmax(attacked.before), argmax(attacked.after)];
  const isFooled = before === target.label && after !== target.label;
  return (
    <div class="attack">
      <Column title="Original" said={`Taken for ${names[before]}`}>
        <Picture values={original} shape={info.shape} label={`Original: ${names[target.label]}`} />
        <Bars names={names} chances={attacked.before} label={target.label} title="Probabilities before" />
      </Column>
      <Column title="Moved by" said={`At most ${figure(look.epsilon.value)}; blue up, orange down`}>
        <Picture
          values={moved}
          shape={info.shape}
          look="signed"
          reach={Math.max(look.epsilon.value, 1e-6)}
          label="What is added"
        />
      </Column>
      <Column
        title="Result"
        said={isFooled ? `Fooled: taken for ${names[after]}` : `Taken for ${names[after]}`}
      >
        <Picture values={attacked.picture} shape={info.shape} label={`Result: taken for ${names[after]}`} />
        <Bars names={names} chances={attacked.after} label={target.label} title="Probabilities after" />
      </Column>
    </div>
  );
}

function Column({
  title,
  said,
  children,
}: {
  readonly title: string;
  readonly said: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <section class="attack-column" aria-label={title}>
      <h2>{title}</h2>
      {children}
      <p role="status">{said}</p>
    </section>
  );
}

function Bars({
  names,
  chances,
  label,
  title,
}: {
  readonly names: readonly string[];
  readonly chances: Float32Array;
  /** The true class. */
  readonly label: number;
  readonly title: string;
}) {
  return (
    <ol class="chance-bars" aria-label={title}>
      {names.map((name, k) => (
        <li key={name} data-true={k === label ? '' : undefined}>
          <span>{name}</span>
          <i style={{ width: `${100 * chances[k]}%` }} />
          <b>{(100 * chances[k]).toFixed(chances[k] > 0.995 || chances[k] < 0.0995 ? 1 : 0)}</b>
        </li>
      ))}
    </ol>
  );
}

function Robustness({ room, look, info }: RoomProps & Props) {
  const { value: curve } = look.curve;
  const { value: twin } = look.twinCurve;
  const { value: busy } = look.busy;
  const reason = withoutTwin(info, room.fit.progress.value.done);
  const lines = [
    ...(curve ? [{ name: nameOf(curve), run: 'A' as const, x: curve.epsilons, y: curve.accuracies }] : []),
    ...(twin ? [{ name: nameOf(twin), run: 'B' as const, x: twin.epsilons, y: twin.accuracies }] : []),
  ];
  return (
    <>
      <div class="inside-controls">
        <button type="button" class="main" disabled={busy !== undefined} onClick={() => void look.measure()}>
          {busy === 'curve' ? 'Measuring…' : 'Measure'}
        </button>
        <label>
          Train against ε{' '}
          <select
            value={look.against.value}
            disabled={busy !== undefined}
            onChange={(event) => (look.against.value = Number(event.currentTarget.value))}
          >
            {[0.05, 0.1, 0.15, 0.2, 0.3].map((epsilon) => (
              <option key={epsilon}>{epsilon}</option>
            ))}
          </select>
        </label>
        <label class="inside-switch" title={reason ?? 'Half of the loss is of moved pictures'}>
          <input
            type="checkbox"
            class="switch"
            checked={busy === 'twin' || twin !== undefined}
            disabled={reason !== undefined || busy === 'curve'}
            onChange={({ currentTarget: { checked } }) => {
              if (checked) void look.trainTwin();
              else {
                look.stopTwin();
                look.twinCurve.value = undefined;
              }
            }}
          />
          Adversarial training
        </label>
        <span class="inside-spring dim" role="status" aria-label="Adversarial training">
          {reason ??
            (look.twin.value ? `Training a twin: epoch ${figure(look.twin.value.fit.epoch.value)}` : '')}
        </span>
      </div>
      {look.failure.value === undefined ? null : (
        <p class="error" role="alert">
          {look.failure.value}
        </p>
      )}
      {lines.length === 0 ? (
        <p class="dim">
          Measures FGSM at 13 strengths on the first {MEASURED} test pictures. The switch trains a twin of
          this model for as long, with adversarial examples as half of its loss, and measures it too.
        </p>
      ) : (
        <figure class="robustness" aria-label="Accuracy under attack">
          <AccuracyPlot lines={lines} marked={look.epsilon.value} />
          <figcaption>
            {lines.map(({ name, run }) => (
              <span key={name} class="key" data-run={run}>
                <i class="key-run" /> {name}
              </span>
            ))}
          </figcaption>
        </figure>
      )}
    </>
  );
}

function nameOf({ trained, epoch }: { readonly trained: number; readonly epoch: number }): string {
  const how = trained > 0 ? `trained against ε ${trained}` : 'ordinary training';
  return `${how}, epoch ${figure(epoch)}`;
}

/** Train: data and model beside the curves, and what the fit gets right and wrong. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Scores } from '#worker/classifier/protocol.ts';
import { Lazy } from '../../parts/lazy.tsx';
import { Quantity } from '../../parts/quantity.tsx';
import { count, figure } from '../../state/values.ts';
import { Challenge } from '../state/challenge.ts';
import type { FitStore } from '../state/fit-store.ts';
import { stateOf } from '../state/fit-words.ts';
import { Results } from '../state/results.ts';
import type { Room, RoomProps } from '../state/room.ts';
import { Calibration } from './calibration.tsx';
import { Confusion } from './confusion.tsx';
import { DataPanel } from './data-panel.tsx';
import { FirstWeights } from './first-weights.tsx';
import { FitChart } from './fit-chart.tsx';
import { Mistakes } from './mistakes.tsx';
import { ModelPanel } from './model-panel.tsx';
import { SixtySeconds } from './sixty-seconds.tsx';
import '../styles/train.css';

const loadBuilder = async () => (await import('./fit-network.tsx')).FitNetwork;

export function Train({ room }: RoomProps) {
  const { fit } = room;
  const [results, challenge] = useMemo(() => {
    const results = new Results(fit);
    return [results, new Challenge(fit, (isQuiet) => (results.quiet.value = isQuiet))];
  }, [fit]);
  useEffect(
    () => () => {
      challenge[Symbol.dispose]();
      results[Symbol.dispose]();
    },
    [results, challenge],
  );
  const data = fit.info.value?.request.data;
  useEffect(() => {
    if (data !== undefined) challenge.turnTo(data);
  }, [challenge, data]);
  return (
    <div class="train">
      <DataPanel room={room} />
      <div class="train-main">
        <Head room={room} results={results} challenge={challenge} />
        <section class="curves" aria-label="Curves">
          <FitChart fit={fit} title="Loss" metrics={['loss']} />
          <FitChart
            key={`${fit.record.names.value.includes('train/error')}`}
            fit={fit}
            title={fit.record.names.value.includes('train/error') ? 'Mean absolute error' : 'Accuracy'}
            metrics={['accuracy', 'error']}
          />
        </section>
        {room.building.value && fit.form.fieldsOf('model').some(({ key }) => key === 'network') ? (
          <Lazy load={loadBuilder} props={{ room }} />
        ) : null}
        <ResultCards fit={fit} results={results} />
      </div>
      <ModelPanel room={room} />
    </div>
  );
}

interface HeadProps {
  readonly room: Room;
  readonly results: Results;
  readonly challenge: Challenge;
}

function Head({ room, results, challenge }: HeadProps) {
  const { fit } = room;
  const { value: info } = fit.info;
  const { rate, done } = fit.progress.value;
  const running = fit.running.value;
  const { value: scores } = results.scores;
  return (
    <header class="train-head">
      <div>
        <h2 class="run-title">{titleOf(fit)}</h2>
        <p class="state">
          <span role="status" aria-label="State">
            {stateOf(fit)}
          </span>
        </p>
      </div>
      <dl class="numbers">
        <Quantity label="Epoch" value={info ? epochs(fit) : '–'} />
        <Quantity label="Examples" value={count(done)} />
        <Quantity label="Examples/s" value={running && rate > 0 ? count(rate) : '–'} />
        <Quantity
          label={`${results.part.value === 'test' ? 'Test' : 'Validation'} ${measure(scores)}`}
          value={value(scores)}
        />
      </dl>
      {room.hides('sixty') ? null : (
        <SixtySeconds
          challenge={challenge}
          can={fit.ready.value && info?.task.kind === 'classes'}
          epochs={Number(info?.request.config['epochs'])}
        />
      )}
      <Download fit={fit} />
    </header>
  );
}

function titleOf(fit: FitStore): string {
  // What runs, not what is being chosen.
  const { model, data } = fit.info.value?.request ?? fit.draft.value;
  const { models = [], data: sets = [] } = fit.catalogue.value ?? {};
  return `${titleIn(models, model)} on ${titleIn(sets, data)}`;
}

function titleIn(list: readonly { readonly id: string; readonly title: string }[], id: string): string {
  return list.find((entry) => entry.id === id)?.title ?? id;
}

/** `2.35 of 10`. */
function epochs(fit: FitStore): string {
  const all = fit.info.value?.request.config['epochs'];
  const done = fit.epoch.value.toFixed(2);
  return typeof all === 'number' ? `${done} of ${count(all)}` : done;
}

function measure(scores: Scores | undefined): string {
  return scores?.kind === 'numbers' ? 'error' : 'accuracy';
}

function value(scores: Scores | undefined): string {
  if (!scores) return '–';
  return scores.kind === 'numbers' ? figure(scores.error) : `${(100 * scores.accuracy).toFixed(2)} %`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Files of the data set on their way from our server. */
function Download({ fit }: { readonly fit: FitStore }) {
  const { value: loading } = fit.loading;
  if (!loading) return null;
  const { done, total } = loading;
  return (
    <label class="download">
      Downloading {megabytes(done)}
      {total === undefined ? '' : ` of ${megabytes(total)}`} MB
      <progress {...(total !== undefined && { value: done, max: total })} />
    </label>
  );
}

function ResultCards({ fit, results }: { readonly fit: FitStore; readonly results: Results }) {
  const { value: scores } = results.scores;
  const { value: info } = fit.info;
  const { value: weights } = results.weights;
  const classes =
    scores?.kind === 'classes' && info?.task.kind === 'classes'
      ? { scores, names: info.task.names }
      : undefined;
  return (
    <section class="cards" aria-label="Results">
      {classes ? (
        <article class="card card-confusion">
          <header>
            <h3>Confusion</h3>
            <PartPicker fit={fit} results={results} />
          </header>
          <Confusion
            key={`${info?.run} ${results.part.value}`}
            fit={fit}
            part={results.part.value}
            {...classes}
          />
        </article>
      ) : null}
      {weights && info ? (
        <article class="card">
          <h3>First layer</h3>
          <FirstWeights weights={weights} shape={info.shape} />
        </article>
      ) : null}
      {classes ? (
        <article class="card">
          <h3>Worst mistakes</h3>
          <Mistakes fit={fit} part={results.part.value} scores={classes.scores} />
        </article>
      ) : null}
      {classes ? (
        <article class="card">
          <h3>Calibration</h3>
          <Calibration scores={classes.scores} />
        </article>
      ) : null}
      {classes || scores?.kind === 'numbers' ? null : (
        <p class="dim cards-wait">
          {results.quiet.value
            ? 'Nothing is measured while the clock runs.'
            : 'Confusion, mistakes and calibration appear after the first epoch, or as soon as you pause.'}
        </p>
      )}
    </section>
  );
}

function PartPicker({ fit, results }: { readonly fit: FitStore; readonly results: Results }) {
  const held = fit.info.value?.counts.validation ?? 0;
  return (
    <select
      aria-label="Measured on"
      value={results.part.value}
      onChange={({ currentTarget }) => (results.part.value = currentTarget.value as 'test' | 'validation')}
    >
      <option value="test">test examples</option>
      <option value="validation" disabled={held === 0}>
        held-out examples
      </option>
    </select>
  );
}

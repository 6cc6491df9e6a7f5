/** The bar of the playground: run, epoch, and the settings of network and optimizer. */
import type { Hideable } from '../state/fit-link.ts';
import { Pause, Play, RotateCcw, StepForward } from 'lucide-preact';
import { useId } from 'preact/hooks';
import { problemAt } from '../../state/values.ts';
import type { Lab, Speed } from './lab.ts';
import { ACTIVATIONS, LEARNING_RATES, OPTIMIZERS, RATES, REGULARISATIONS } from './settings.ts';
import { IconButton } from '../../parts/icon-button.tsx';

interface ControlsProps {
  readonly lab: Lab;
  readonly hides: (name: Hideable) => boolean;
}

export function Controls({ lab, hides }: ControlsProps) {
  const { learningRate, activation, optimizer, regularisation, rate } = lab.settings.value;
  const ready = lab.fit.ready.value;
  const playing = lab.playing.value;
  return (
    <div class="play-bar">
      <div class="group" role="group" aria-label="Run">
        {hides('reset') ? null : (
          <IconButton label="Reset" title="Reset: new initial weights (R)" onClick={() => lab.reset()}>
            <RotateCcw size={16} aria-hidden />
          </IconButton>
        )}
        {hides('play') ? null : (
          <IconButton
            primary
            label={playing ? 'Pause' : 'Play'}
            title={playing ? 'Pause (Space)' : 'Play (Space)'}
            disabled={!ready}
            onClick={() => lab.toggle()}
          >
            {playing ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
          </IconButton>
        )}
        {hides('step') ? null : (
          <IconButton label="Step" title="One epoch (→)" disabled={!ready} onClick={() => void lab.step()}>
            <StepForward size={16} aria-hidden />
          </IconButton>
        )}
      </div>
      <Epoch lab={lab} />
      <Select
        label="Speed"
        hidden={hides('speed')}
        options={['slow', 'full']}
        value={lab.speed.value}
        onChange={(speed) => (lab.speed.value = speed as Speed)}
      />
      <Select
        label="Learning rate"
        hidden={hides('learningRate')}
        options={LEARNING_RATES}
        value={learningRate}
        problem={problemAt(lab.fit.problems.value, 'model.learningRate')?.expected}
        onChange={(value) => lab.set({ learningRate: Number(value) })}
      />
      <Select
        label="Activation"
        hidden={hides('activation')}
        options={ACTIVATIONS}
        value={activation}
        onChange={(value) => lab.set({ activation: value as typeof activation })}
      />
      <Select
        label="Optimizer"
        hidden={hides('optimizer')}
        options={OPTIMIZERS}
        value={optimizer}
        onChange={(value) => lab.set({ optimizer: value as typeof optimizer })}
      />
      <Select
        label="Regularization"
        hidden={hides('regularisation')}
        options={REGULARISATIONS}
        value={regularisation}
        onChange={(value) => lab.set({ regularisation: value as typeof regularisation })}
      />
      <Select
        label="Regularization rate"
        hidden={hides('rate')}
        options={RATES}
        value={rate}
        onChange={(value) => lab.set({ rate: Number(value) })}
      />
    </div>
  );
}

/** `000,123`, as Playground counts. */
function Epoch({ lab }: { readonly lab: Lab }) {
  const epoch = Math.floor(lab.fit.epoch.value);
  const digits = String(epoch).padStart(6, '0');
  return (
    <div class="epoch">
      <span>Epoch</span>
      <output aria-label="Epoch">{digits.replace(/(\d)(?=(\d{3})+$)/g, '$1,')}</output>
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly hidden: boolean;
  readonly options: readonly (string | number)[];
  readonly value: string | number;
  readonly problem?: string | undefined;
  readonly onChange: (value: string) => void;
}

function Select({ label, hidden, options, value, problem, onChange }: SelectProps) {
  const id = useId();
  if (hidden) return null;
  // A link may hold a value between those offered.
  const all = options.includes(value) ? options : [...options, value];
  return (
    <div class="choice">
      <label for={id}>{label}</label>
      <select id={id} value={String(value)} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {all.map((option) => (
          <option key={option} value={String(option)}>
            {option}
          </option>
        ))}
      </select>
      {problem === undefined ? null : (
        <p class="error" role="alert">
          Expected {problem}.
        </p>
      )}
    </div>
  );
}

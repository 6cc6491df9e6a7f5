/** The tools of the level editor, and the choices that come with a thing. */
import { useEffect, useRef } from 'preact/hooks';
import { drawLook } from './looks.ts';
import type { Tool } from './level.ts';
import { capital } from '../state/values.ts';

interface ToolboxProps {
  readonly tools: readonly Tool[];
  readonly chosen: number;
  readonly onChoose: (at: number) => void;
}

export function Toolbox({ tools, chosen, onChoose }: ToolboxProps) {
  return (
    <div class="toolbox" role="group" aria-label="Tools">
      {tools.map((tool, at) => (
        <button
          key={at}
          type="button"
          class="tool"
          aria-pressed={at === chosen}
          title={at < 10 ? `${labelOf(tool)} (${(at + 1) % 10})` : labelOf(tool)}
          onClick={() => onChoose(at)}
        >
          <Icon tool={tool} />
          <span>{labelOf(tool)}</span>
          {at < 10 ? <kbd aria-hidden>{(at + 1) % 10}</kbd> : null}
        </button>
      ))}
    </div>
  );
}

function labelOf(tool: Tool): string {
  return tool.kind === 'letter' ? tool.letter.label : tool.thing.label;
}

/** Pixels of a tool's picture, before the screen's density. */
const SIZE = 20;

function Icon({ tool }: { readonly tool: Tool }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const side = SIZE * devicePixelRatio;
    canvas.current.width = canvas.current.height = side;
    context.setTransform(side, 0, 0, side, 0, 0);
    const { look, ...value } =
      tool.kind === 'letter'
        ? { look: tool.letter.look, direction: tool.letter.direction }
        : { look: tool.thing.look, ...tool.values };
    drawLook(context, 0, 0, look, value);
  }, [tool]);
  return <canvas ref={canvas} class="tool-icon" aria-hidden />;
}

interface ThingOptionsProps {
  readonly tool: Tool & { readonly kind: 'thing' };
  readonly onChange: (tool: Tool) => void;
}

export function ThingOptions({ tool, onChange }: ThingOptionsProps) {
  const { thing, values } = tool;
  const { choices = {}, number, leads } = thing;
  const set = (key: string, value: unknown): void =>
    onChange({ ...tool, values: { ...values, [key]: value } });
  return (
    <div class="thing-options" role="group" aria-label={`${thing.label}: choices`}>
      {Object.entries(choices).map(([key, options]) => (
        <label key={key}>
          {capital(key)}
          <select value={String(values[key])} onChange={({ currentTarget }) => set(key, currentTarget.value)}>
            {options.map((option) => (
              <option key={option} value={option}>
                {option}
              </option>
            ))}
          </select>
        </label>
      ))}
      {number ? (
        <label>
          {number.label}
          <input
            type="number"
            step="any"
            min={number.min}
            max={number.max}
            value={Number(values[number.key])}
            onChange={({ currentTarget }) => {
              const value = Number(currentTarget.value);
              if (Number.isFinite(value)) set(number.key, Math.min(number.max, Math.max(number.min, value)));
            }}
          />
        </label>
      ) : null}
      {leads ? <p class="help">Paint the entrance, then the exit.</p> : null}
    </div>
  );
}

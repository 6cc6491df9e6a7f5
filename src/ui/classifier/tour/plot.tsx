/** A small chart of a few lines that grow while an experiment runs. */

export interface PlotLine {
  readonly name: string;
  /** A class of the style sheet: `train`, `test`, `other`. */
  readonly look: 'train' | 'test' | 'other';
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface PlotProps {
  readonly label: string;
  readonly lines: readonly PlotLine[];
  /** The ends of the horizontal axis, and its name. */
  readonly range: readonly [least: number, most: number];
  readonly unit: string;
  /** Places on the horizontal axis that get a number. */
  readonly ticks: readonly number[];
  readonly logarithmic?: boolean;
  /** The top of the vertical axis; else the greatest value. */
  readonly top?: number;
}

const [WIDTH, HEIGHT] = [520, 220];
/** Around the lines: room for numbers. */
const [LEFT, RIGHT, BOTTOM] = [44, 16, 34];

export function Plot({ label, lines, range, unit, ticks, logarithmic = false, top }: PlotProps) {
  const greatest = Math.max(...lines.flatMap(({ points }) => points.map(([, y]) => y)), 1e-9);
  const height = top ?? greatest * 1.08;
  const scale = logarithmic ? Math.log : Number;
  const [least, most] = range.map((x) => scale(x));
  const across = (x: number): number => LEFT + ((scale(x) - least) / (most - least)) * (WIDTH - LEFT - RIGHT);
  const up = (y: number): number => HEIGHT - BOTTOM - (y / height) * (HEIGHT - BOTTOM - 8);
  const said = lines.map(({ name, points }) => `${name}: ${points.at(-1)?.[1].toFixed(2) ?? 'nothing yet'}`);
  return (
    <figure class="tour-plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${label}; ${said.join('; ')}`}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={up(share * height)} y2={up(share * height)} />
            <text x={LEFT - 6} y={up(share * height) + 4} text-anchor="end">
              {Number((share * height).toPrecision(2))}
            </text>
          </g>
        ))}
        {ticks.map((tick) => (
          <text key={tick} x={across(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {tick}
          </text>
        ))}
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 4} text-anchor="middle">
          {unit}
        </text>
        {lines.map(({ name, look, points }) => (
          <g key={name} class={`plot-${look}`}>
            <polyline
              points={points.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`).join(' ')}
            />
            {points.length <= 20
              ? points.map(([x, y]) => <circle key={x} cx={across(x)} cy={up(y)} r={2.5} />)
              : null}
          </g>
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name, look }) => (
          <span key={name} class={`plot-key plot-${look}`}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** A small chart of accuracies over ε: one line per fit. */
import { percent } from '../../state/values.ts';

interface Line {
  readonly name: string;
  readonly run: 'A' | 'B';
  readonly x: readonly number[];
  /** From 0 to 1. */
  readonly y: readonly number[];
}

const [WIDTH, HEIGHT] = [460, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 10, 10, 34];

export function AccuracyPlot({
  lines,
  marked,
}: {
  readonly lines: readonly Line[];
  readonly marked: number;
}) {
  const most = Math.max(0.1, ...lines.flatMap(({ x }) => x));
  const across = (x: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * x) / most;
  const up = (y: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - y);
  const said = lines
    .map(({ name, x, y }) => `${name}: ${y.map((value, k) => `${percent(value)} at ${x[k]}`).join(', ')}`)
    .join('; ');
  return (
    <svg class="accuracy-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={said}>
      {[0, 0.25, 0.5, 0.75, 1].map((y) => (
        <g key={y}>
          <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={up(y)} y2={up(y)} />
          <text x={LEFT - 6} y={up(y) + 4} text-anchor="end">
            {percent(y)}
          </text>
        </g>
      ))}
      {[0, 1, 2, 3].map((k) => (
        <text
          key={k}
          x={across((most * k) / 3)}
          y={HEIGHT - BOTTOM + 16}
          text-anchor={k === 3 ? 'end' : 'middle'}
        >
          {Number(((most * k) / 3).toFixed(3))}
        </text>
      ))}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} text-anchor="middle">
        ε
      </text>
      {marked <= most ? (
        <line class="marked" x1={across(marked)} x2={across(marked)} y1={TOP} y2={HEIGHT - BOTTOM} />
      ) : null}
      {lines.map(({ name, run, x, y }) => (
        <g key={name} data-run={run}>
          <polyline points={x.map((at, k) => `${across(at)},${up(y[k])}`).join(' ')} />
          {x.map((at, k) => (
            <circle key={at} cx={across(at)} cy={up(y[k])} r={2.4} />
          ))}
        </g>
      ))}
    </svg>
  );
}

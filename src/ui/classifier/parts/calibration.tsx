/** The reliability diagram: how often the model is right when it is so sure (Guo et al. 2017). */
import type { Scores } from '#worker/classifier/protocol.ts';
import { count, percent } from '../../state/values.ts';

type ClassScores = Extract<Scores, { readonly kind: 'classes' }>;

const SIDE = 200;

export function Calibration({ scores }: { readonly scores: ClassScores }) {
  const { calibration: bins, calibrationError, count: total } = scores;
  const width = SIDE / bins.length;
  const said = `Expected calibration error ${percent(calibrationError)}`;
  return (
    <figure class="calibration">
      <svg viewBox={`-26 -6 ${SIDE + 34} ${SIDE + 30}`} role="img" aria-label={said}>
        {[0, 0.5, 1].map((at) => (
          <g key={at} class="axis">
            <line x1={0} x2={SIDE} y1={SIDE * (1 - at)} y2={SIDE * (1 - at)} />
            <text x={-5} y={SIDE * (1 - at) + 4} text-anchor="end">
              {at}
            </text>
            <text x={SIDE * at} y={SIDE + 14} text-anchor="middle">
              {at}
            </text>
          </g>
        ))}
        {bins.map(({ count: number, accuracy, confidence }, k) =>
          number === 0 ? null : (
            <g key={k} opacity={0.35 + 0.65 * Math.min(1, (10 * number) / total)}>
              <title>
                {count(number)} examples, mean confidence {percent(confidence)}, accuracy {percent(accuracy)}
              </title>
              <rect
                class="bar"
                x={k * width + 0.5}
                y={SIDE * (1 - accuracy)}
                width={width - 1}
                height={SIDE * accuracy}
              />
              <line
                class="meant"
                x1={k * width}
                x2={(k + 1) * width}
                y1={SIDE * (1 - confidence)}
                y2={SIDE * (1 - confidence)}
              />
            </g>
          ),
        )}
        <line class="diagonal" x1={0} y1={SIDE} x2={SIDE} y2={0} />
        <text class="name" x={SIDE} y={SIDE + 14} dy={9} text-anchor="end">
          confidence
        </text>
      </svg>
      <figcaption>
        <b>ECE {percent(calibrationError)}</b>: the mean distance between confidence and accuracy over{' '}
        {bins.length} bins. Bars below the diagonal: the model is surer than it should be. Faint bars hold few
        examples.
      </figcaption>
    </figure>
  );
}

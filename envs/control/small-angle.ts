/**
 * Sine and cosine of angles up to 0.3 rad, as polynomials that are inlined: a call of `Math.sin` costs more
 * than all else in a step of CartPole, and only IEEE operations give the same bits in every engine.
 */

/** sin x for |x| ≤ SMALL: the minimax polynomial of fdlibm (Sun Microsystems, 1993), summed in its order. */
export function smallSin(x: number): number {
  const z = x * x;
  const tail =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x + z * x * (-1.66666666666666324348e-1 + z * tail);
}

/** cos x for |x| ≤ SMALL: likewise. */
export function smallCos(x: number): number {
  const z = x * x;
  const tail =
    4.16666666666666019037e-2 +
    z *
      (-1.38888888888741095749e-3 +
        z *
          (2.48015872894767294178e-5 +
            z *
              (-2.75573143513906633035e-7 +
                z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11))));
  return 1 - (0.5 * z - z * (z * tail));
}

type Cell = readonly [x: number, y: number];

/** The cells that a stroke crosses from one to another, without the first: pointers report fewer places than they pass. */
export function cellsBetween([fromX, fromY]: Cell, [toX, toY]: Cell): readonly Cell[] {
  const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY));
  return Array.from({ length: steps }, (_, k) => {
    const part = (k + 1) / steps;
    return [Math.round(fromX + part * (toX - fromX)), Math.round(fromY + part * (toY - fromY))] as const;
  });
}

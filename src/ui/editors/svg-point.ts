/** Where a pointer is in the units of an SVG, whatever its size on the page. */
export function svgPoint(svg: SVGSVGElement, { clientX, clientY }: PointerEvent): DOMPoint {
  const matrix = svg.getScreenCTM();
  const point = new DOMPoint(clientX, clientY);
  return matrix ? point.matrixTransform(matrix.inverse()) : point;
}

/**
 * Turns a draw list into one instanced draw call: its numbers go to the GPU as they are, one row per instance, and the
 * shader finds each pixel's distance to the shape, so edges are smooth at any size and the page's thread computes nothing.
 */
import { STRIDE } from '#core/draw-list.ts';
import { Buffer, BufferUsage, Geometry, Mesh, Shader, UniformGroup, type TextureSource } from 'pixi.js';

/** Bytes of one row of the draw list. */
const ROW = STRIDE * 4;

// Rounded boxes are enough for rectangles, circles (radius = half) and round-capped lines (a thin turned box). Distances
// are in device pixels. Upright sharp rectangles snap to the pixel grid: tiles that touch must not let the floor through.
const VERTEX = `#version 300 es
in vec2 aPosition;
in vec4 aHead;
in vec4 aTail;
in float aAlpha;
uniform vec2 uCanvas;
uniform vec3 uView;
out vec2 vPixel;
flat out vec4 vBox;
flat out vec4 vTurn;
flat out vec4 vCorners;
flat out vec4 vColour;
flat out float vKind;

vec2 toPixels(vec2 world) { return world * uView.x + uView.yz; }

void main() {
  float kind = aHead.x;
  float turn = 0.0;
  float radius = 0.0;
  vec2 centre = vec2(0.0);
  vec2 halfSize = vec2(0.0);
  vCorners = vec4(0.0);
  if (kind < 0.5) {
    vec2 low = toPixels(aHead.yz);
    vec2 high = toPixels(aHead.yz + vec2(aHead.w, aTail.x));
    radius = aTail.y * uView.x;
    turn = aTail.z;
    if (radius == 0.0 && turn == 0.0) {
      low = floor(low + 0.5);
      high = max(floor(high + 0.5), low + 1.0);
    }
    centre = (low + high) * 0.5;
    halfSize = (high - low) * 0.5;
  } else if (kind < 1.5) {
    centre = toPixels(aHead.yz);
    radius = aHead.w * uView.x;
    halfSize = vec2(radius);
  } else if (kind < 2.5) {
    vec2 from = toPixels(aHead.yz);
    vec2 to = toPixels(vec2(aHead.w, aTail.x));
    radius = max(aTail.y * uView.x, 1.0) * 0.5;
    turn = from == to ? 0.0 : atan(to.y - from.y, to.x - from.x);
    centre = (from + to) * 0.5;
    halfSize = vec2(length(to - from) * 0.5 + radius, radius);
  } else if (kind < 3.5) {
    vec2 p = toPixels(aHead.yz);
    vec2 q = toPixels(vec2(aHead.w, aTail.x));
    vec2 r = toPixels(aTail.yz);
    vec2 low = min(p, min(q, r));
    vec2 high = max(p, max(q, r));
    centre = (low + high) * 0.5;
    halfSize = (high - low) * 0.5;
    vCorners = vec4(p, q) - vec4(centre, centre);
    vTurn.zw = r - centre;
  } else {
    centre = toPixels(aHead.yz);
    halfSize = vec2(aHead.w * uView.x * 0.5);
    vCorners.x = aTail.y;
  }
  vTurn.xy = vec2(cos(turn), sin(turn));
  vBox = vec4(halfSize, radius, 0.0);
  float c = aTail.w;
  vColour = vec4(floor(c / 65536.0), mod(floor(c / 256.0), 256.0), mod(c, 256.0), aAlpha * 255.0) / 255.0;
  vKind = kind;
  vPixel = aPosition * (halfSize + 1.0);
  vec2 pixel = centre + mat2(vTurn.x, vTurn.y, -vTurn.y, vTurn.x) * vPixel;
  vec2 clip = pixel / uCanvas * 2.0 - 1.0;
  gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0);
}`;

// The triangle's distance is Inigo Quilez's `sdTriangle`; the atlas has 16 × 16 cells, one glyph each.
const FRAGMENT = `#version 300 es
precision highp float;
in vec2 vPixel;
flat in vec4 vBox;
flat in vec4 vTurn;
flat in vec4 vCorners;
flat in vec4 vColour;
flat in float vKind;
uniform vec2 uCanvas;
uniform vec4 uExtent;
uniform sampler2D uAtlas;
out vec4 colour;

float boxDistance(vec2 p, vec2 halfSize, float radius) {
  vec2 q = abs(p) - halfSize + radius;
  return min(max(q.x, q.y), 0.0) + length(max(q, 0.0)) - radius;
}

float triangleDistance(vec2 p, vec2 a, vec2 b, vec2 c) {
  vec2 ab = b - a, bc = c - b, ca = a - c;
  vec2 ap = p - a, bp = p - b, cp = p - c;
  vec2 da = ap - ab * clamp(dot(ap, ab) / dot(ab, ab), 0.0, 1.0);
  vec2 db = bp - bc * clamp(dot(bp, bc) / dot(bc, bc), 0.0, 1.0);
  vec2 dc = cp - ca * clamp(dot(cp, ca) / dot(ca, ca), 0.0, 1.0);
  float side = sign(ab.x * ca.y - ab.y * ca.x);
  vec2 d = min(min(vec2(dot(da, da), side * (ap.x * ab.y - ap.y * ab.x)),
                   vec2(dot(db, db), side * (bp.x * bc.y - bp.y * bc.x))),
                   vec2(dot(dc, dc), side * (cp.x * ca.y - cp.y * ca.x)));
  return -sqrt(d.x) * sign(d.y);
}

void main() {
  vec2 at = vec2(gl_FragCoord.x, uCanvas.y - gl_FragCoord.y);
  if (any(lessThan(at, uExtent.xy)) || any(greaterThan(at, uExtent.zw))) discard;
  float coverage;
  if (vKind < 2.5) coverage = 0.5 - boxDistance(vPixel, vBox.xy, vBox.z);
  else if (vKind < 3.5) coverage = 0.5 - triangleDistance(vPixel, vCorners.xy, vCorners.zw, vTurn.zw);
  else {
    vec2 cell = vec2(mod(vCorners.x, 16.0), floor(vCorners.x / 16.0));
    vec2 within = clamp(vPixel / vBox.xy * 0.5 + 0.5, 0.02, 0.98);
    coverage = texture(uAtlas, (cell + within) / 16.0).a;
  }
  float alpha = clamp(coverage, 0.0, 1.0) * vColour.a;
  colour = vec4(vColour.rgb * alpha, alpha);
}`;

/** The one mesh of the stage and its buffers, which the pictures share in turn. */
export class Shapes {
  readonly mesh: Mesh<Geometry, Shader>;
  private readonly instances: Buffer;
  /** Room of the instance buffer; it is replaced only to grow, since a new array would be a new buffer on the GPU. */
  private rows = new Float32Array(64 * STRIDE);
  private readonly uniforms: UniformGroup<{
    uCanvas: { value: Float32Array; type: 'vec2<f32>' };
    uView: { value: Float32Array; type: 'vec3<f32>' };
    uExtent: { value: Float32Array; type: 'vec4<f32>' };
  }>;

  constructor(atlas: TextureSource) {
    this.instances = new Buffer({
      data: this.rows,
      usage: BufferUsage.VERTEX | BufferUsage.COPY_DST,
      shrinkToFit: false,
    });
    this.uniforms = new UniformGroup({
      uCanvas: { value: new Float32Array(2), type: 'vec2<f32>' },
      uView: { value: new Float32Array(3), type: 'vec3<f32>' },
      uExtent: { value: new Float32Array(4), type: 'vec4<f32>' },
    });
    const row = (format: 'float32' | 'float32x4', offset: number) => ({
      buffer: this.instances,
      format,
      stride: ROW,
      offset,
      instance: true,
    });
    const geometry = new Geometry({
      topology: 'triangle-strip',
      attributes: {
        aPosition: { buffer: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), format: 'float32x2' },
        aHead: row('float32x4', 0),
        aTail: row('float32x4', 16),
        aAlpha: row('float32', 32),
      },
    });
    const shader = Shader.from({
      gl: { vertex: VERTEX, fragment: FRAGMENT, name: 'shapes' },
      resources: { view: this.uniforms, uAtlas: atlas, uSampler: atlas.style },
    });
    this.mesh = new Mesh({ geometry, shader });
  }

  /** Copies `count` rows, which go to the GPU at the next render. */
  set(rows: Float32Array, count: number): void {
    const used = count * STRIDE;
    if (used > this.rows.length) {
      this.rows = new Float32Array(Math.max(used, 2 * this.rows.length));
      this.instances.data = this.rows;
    }
    this.rows.set(rows.subarray(0, used));
    this.instances.update(count * ROW);
    this.mesh.geometry.instanceCount = count;
  }

  /** Places the picture: canvas size, scale and offset, and the edges beyond which nothing is drawn, in device pixels. */
  place(
    canvas: readonly [number, number],
    view: readonly [number, number, number],
    high: readonly [number, number],
  ): void {
    const { uCanvas, uView, uExtent } = this.uniforms.uniforms;
    uCanvas.set(canvas);
    uView.set(view);
    uExtent.set([view[1], view[2], high[0], high[1]]);
    this.uniforms.update();
  }
}

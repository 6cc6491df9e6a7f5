/** What the page asks of the thread that writes a GIF; it writes one and is ended. */
export interface GifApi {
  /** `pixels`: red, green, blue and alpha of every pixel. Transferred. */
  add(pixels: Uint8ClampedArray<ArrayBuffer>, frame: GifFrame): void;
  end(): Uint8Array<ArrayBuffer>;
}

export interface GifFrame {
  readonly width: number;
  readonly height: number;
  /** Hundredths of a second for which it stays. */
  readonly hundredths: number;
}

/** The thread that writes a GIF, frame by frame. */
import { expose, transfer } from 'comlink';
import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import type { GifApi } from './protocol.ts';

/** Entries of a colour table; the last one is for what stays as it was. */
const COLOURS = 255;

const encoder = GIFEncoder();
let before: Uint32Array | undefined;

const api: GifApi = {
  add(pixels, { width, height, hundredths }) {
    const palette = quantize(pixels, COLOURS);
    const index = applyPalette(pixels, palette);
    const now = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
    const transparentIndex = palette.length;
    // Runs of it take next to nothing.
    if (before)
      for (let at = 0; at < now.length; at++) if (now[at] === before[at]) index[at] = transparentIndex;
    encoder.writeFrame(index, width, height, {
      palette: [...palette, [0, 0, 0]],
      delay: hundredths * 10,
      transparent: before !== undefined,
      transparentIndex,
      dispose: 1,
    });
    before = now;
  },
  end() {
    encoder.finish();
    const bytes = encoder.bytes();
    return transfer(bytes, [bytes.buffer]);
  },
};

expose(api);

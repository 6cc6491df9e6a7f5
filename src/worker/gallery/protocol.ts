/** The messages between the gallery of worlds and its worker, which plays the worlds that are in view at random. */

/** Page → worker. */
export type GalleryMessage =
  | {
      readonly kind: 'show';
      /** Ids of the worlds in view. */
      readonly worlds: readonly string[];
      /** One picture of each, which does not move. */
      readonly still: boolean;
    }
  /** The last pictures have been painted, which took so long; until then no more are sent. */
  | { readonly kind: 'painted'; readonly milliseconds: number };

/** Worker → page: pictures of a few worlds, as draw lists. */
export interface GalleryPictures {
  readonly pictures: readonly WorldPicture[];
}

export interface WorldPicture {
  readonly world: string;
  /** [count × STRIDE]; its buffer is transferred. */
  readonly numbers: Float32Array<ArrayBuffer>;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
}

/** Imports that scripts/gzip-plugin.ts answers with the address of a compressed file and its size. */
declare module '*?gzip' {
  export const url: string;
  export const bytes: number;
}

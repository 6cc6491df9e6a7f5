/** Imports that scripts/gzip-plugin.ts answers with the address of a compressed file. */
declare module '*?gzip' {
  const url: string;
  export default url;
}

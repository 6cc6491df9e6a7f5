/** Where the parts of the tfjs backends lie in Node. See platform.browser.ts for the other side; package.json chooses. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder with tfjs's WebAssembly files, as `setWasmPaths` takes it. */
export const wasmPaths = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`;

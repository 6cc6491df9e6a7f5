/**
 * A Vite plugin for the Content Security Policy of the build, in each page's head: scripts, workers and data of this site only, no
 * evaluation of text, no third party. The development server, whose module reloading needs more, has none.
 */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  // Kernels are WebAssembly, compiled from bytes of this site.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  // A chart's picture is read from its data address.
  'connect-src': "'self' data:",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'media-src': 'blob:',
  'base-uri': "'none'",
  'form-action': "'none'",
  // Strings become addresses of scripts through the policy of index.html alone.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};
const INLINE = /<script>([\s\S]*?)<\/script>/g;

export function policy(): Plugin {
  return {
    name: 'ludus-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const hashes = [...html.matchAll(INLINE)].map(
          ([, code]) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
        );
        const content = Object.entries({
          ...POLICY,
          'script-src': [POLICY['script-src'], ...hashes].join(' '),
        })
          .map(([name, value]) => `${name} ${value}`)
          .join('; ');
        return {
          html,
          tags: [
            {
              tag: 'meta',
              attrs: { 'http-equiv': 'Content-Security-Policy', content },
              injectTo: 'head-prepend',
            },
          ],
        };
      },
    },
  };
}

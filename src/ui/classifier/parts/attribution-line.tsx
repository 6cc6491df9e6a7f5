/** Whose the shown data are, and on what terms: beside them wherever they appear. */
import type { FitStore } from '../state/fit-store.ts';

export function AttributionLine({ fit }: { readonly fit: FitStore }) {
  const { value: entry } = fit.form.data;
  if (!entry) return null;
  const { text, licence, url } = entry.attribution;
  return (
    <p class="attribution">
      {entry.title}:{' '}
      {url ? (
        <a href={url} target="_blank" rel="noreferrer">
          {text}
        </a>
      ) : (
        text
      )}
      . Licence: {licence}.
    </p>
  );
}

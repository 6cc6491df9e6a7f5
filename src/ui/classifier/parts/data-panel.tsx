/** The data set: picker, what it is and whose, the user's files, its settings and how its pictures are changed. */
import { Upload } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import { Fields, FoldedFields, ProblemLine } from '../../parts/fields.tsx';
import { count, problemAt } from '../../state/values.ts';
import { fitSection } from '../state/fit-section.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';
import { AttributionLine } from './attribution-line.tsx';

export function DataPanel({ room }: { readonly room: Room }) {
  const { fit } = room;
  const { value: entry } = fit.form.data;
  const title = useId();
  const pictures = fit.info.value?.shape.length === 3;
  return (
    <section class="panel panel-world" aria-labelledby={title}>
      <h2 id={title}>Data</h2>
      {room.hides('data') ? null : (
        <select
          class="picker"
          aria-label="Data set"
          value={fit.draft.value.data}
          onChange={({ currentTarget }) => void fit.pickData(currentTarget.value)}
        >
          {fit.catalogue.value?.data.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      )}
      <ProblemLine problem={problemAt(fit.problems.value, 'data')} />
      <p class="summary">{entry?.summary}</p>
      {entry?.takes === undefined ? null : <Files fit={fit} takes={entry.takes} />}
      <Counts fit={fit} />
      <AttributionLine fit={fit} />
      {room.hides('dataConfig') ? null : <Fields section={fitSection(fit, 'data')} title="Data settings" />}
      {pictures && !room.hides('augment') ? (
        <FoldedFields section={fitSection(fit, 'augment')} title="Augmentation" />
      ) : null}
    </section>
  );
}

function Counts({ fit }: { readonly fit: FitStore }) {
  const { value: info } = fit.info;
  if (!info || info.request.data !== fit.draft.value.data) return null;
  const { counts, shape } = info;
  const held = counts.validation > 0 ? `, ${count(counts.validation)} held out for validation` : '';
  return (
    <p class="counts">
      {count(counts.train)} to learn from{held}, {count(counts.test)} to test on; inputs {shape.join(' × ')}
    </p>
  );
}

/** Files by picker or by dropping them here; they stay on this machine. */
function Files({ fit, takes }: { readonly fit: FitStore; readonly takes: string }) {
  const [over, setOver] = useState(false);
  const give = (list: FileList | null | undefined): void => {
    if (list && list.length > 0) void fit.giveFiles([...list]);
  };
  const names = fit.files.value.map(({ name }) => name);
  return (
    <label
      class="drop-zone file-button"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        give(event.dataTransfer?.files);
      }}
    >
      <Upload size={18} aria-hidden />
      <span>{names.length > 0 ? names.join(', ') : `Drop or choose ${takes}`}</span>
      <input
        type="file"
        multiple
        aria-label={`Files: ${takes}`}
        onChange={({ currentTarget }) => {
          give(currentTarget.files);
          // So that the same file can be chosen again after a correction.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

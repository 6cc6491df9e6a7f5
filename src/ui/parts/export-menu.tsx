/** Saves what a chart shows as a picture or as numbers. */
import { Download } from 'lucide-preact';
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { besideButton } from './beside-button.ts';
import type { Shown } from './figure.tsx';

const FORMATS = {
  png: 'PNG picture',
  svg: 'SVG drawing',
  csv: 'CSV table',
  json: 'JSON with settings',
} as const;
export type Format = keyof typeof FORMATS;

interface ExportMenuProps {
  readonly shown: Shown;
  readonly host: RefObject<HTMLElement>;
  readonly disabled: boolean;
}

export function ExportMenu({ shown, host, disabled }: ExportMenuProps) {
  const id = useId();
  const save = async (format: Format): Promise<void> => {
    document.getElementById(id)?.hidePopover();
    if (!host.current) return;
    const { exportChart } = await import('./chart-export.ts');
    await exportChart(shown, host.current, format);
  };
  return (
    <>
      <button
        type="button"
        class="export"
        disabled={disabled}
        popovertarget={id}
        aria-label={`Export ${shown.title}`}
        title="Save this chart as PNG, SVG, CSV or JSON"
      >
        <Download size={14} aria-hidden />
      </button>
      <div
        id={id}
        popover="auto"
        class="popup"
        role="group"
        aria-label={`Export ${shown.title}`}
        onToggle={({ currentTarget }) => besideButton(currentTarget)}
      >
        {Object.entries(FORMATS).map(([format, name]) => (
          <button key={format} type="button" onClick={() => void save(format as Format)}>
            {name}
          </button>
        ))}
      </div>
    </>
  );
}

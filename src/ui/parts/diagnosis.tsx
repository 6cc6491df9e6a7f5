/** One line under the title of a run: what is unusual about it, and a button that mends it; all of it when opened. */
import { ChevronDown, CircleCheck, Info, TriangleAlert } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import type { Finding, Fix } from '#core/finding.ts';
import { fixLabel, isDrafted, isLive, mend, sentence } from '../state/diagnosis.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';

export function Diagnosis({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const { value: findings } = run.worker.findings;
  const [first] = findings;
  if (!first)
    return (
      <div class="diagnosis" role="group" aria-label="Diagnosis">
        <CircleCheck size={14} aria-hidden />
        <span class="diagnosis-what">Nothing unusual</span>
      </div>
    );
  const [fix] = first.fixes;
  return (
    <div class="diagnosis" role="group" aria-label="Diagnosis" data-level={first.level}>
      <Mark finding={first} />
      <span class="diagnosis-what" role="status" title={sentence(run, first.what)}>
        {sentence(run, first.what)}
      </span>
      {fix && !open ? <FixButton page={page} run={run} finding={first} fix={fix} /> : null}
      <button
        type="button"
        class="icon wide"
        aria-expanded={open}
        aria-controls={list}
        aria-label={`What to try${findings.length > 1 ? `, and ${findings.length - 1} more` : ''}`}
        title="What to try"
        onClick={() => setOpen(!open)}
      >
        {findings.length > 1 ? `+${findings.length - 1}` : null} <ChevronDown size={14} aria-hidden />
      </button>
      <ul id={list} class="diagnosis-all" hidden={!open}>
        {findings.map((finding) => (
          <li key={finding.id}>
            <Mark finding={finding} />
            <div>
              <p>{sentence(run, finding.what)}.</p>
              {finding.tries === undefined ? null : (
                <p class="dim">
                  {sentence(run, `${finding.fixes.length > 0 ? 'or try' : 'try'} ${finding.tries}`)}.
                </p>
              )}
              <p class="diagnosis-fixes">
                {finding.fixes.map((fix) => (
                  <FixButton key={fix.key} page={page} run={run} finding={finding} fix={fix} />
                ))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Mark({ finding: { level } }: { readonly finding: Finding }) {
  const Icon = level === 'problem' ? TriangleAlert : Info;
  return <Icon size={14} aria-hidden />;
}

interface FixProps {
  readonly page: Page;
  readonly run: RunStore;
  readonly finding: Finding;
  readonly fix: Fix;
}

function FixButton({ page, run, finding, fix }: FixProps) {
  const label = fixLabel(run, fix);
  if (isDrafted(run, fix) && finding.id !== 'diverged') {
    if (isLive(run, fix)) return <span class="dim">{label}</span>;
    return (
      <button
        type="button"
        class="diagnosis-fix"
        title={`${label} waits for a reset`}
        onClick={() => void (fix.section === 'agent' ? run : page).reset()}
      >
        Reset
      </button>
    );
  }
  const when =
    finding.id === 'diverged'
      ? 'and restarts from the last checkpoint'
      : isLive(run, fix)
        ? 'at once'
        : 'for the next reset';
  return (
    <button
      type="button"
      class="diagnosis-fix"
      title={`Sets ${label} ${when}`}
      onClick={() => void mend(page, run, finding, fix)}
    >
      Set {label}
    </button>
  );
}

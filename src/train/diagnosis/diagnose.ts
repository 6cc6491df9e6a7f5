/** The diagnosis of a run: what its rules find, and what a divergence says. */
import type { DivergenceError } from '#core/divergence.ts';
import { inWords, type Finding } from '#core/finding.ts';
import type { Run } from '../runs/run.ts';
import { Evidence } from './evidence.ts';
import { lowerLearningRate, rules, type Facts } from './rules.ts';

/** Problems before notes, else in the order of the rules. */
export function diagnose(facts: Facts): readonly Finding[] {
  const found = rules.flatMap(({ id, look }): readonly Finding[] => {
    const verdict = look(facts);
    return verdict ? [{ id, ...verdict }] : [];
  });
  return found.toSorted((a, b) => Number(a.level === 'note') - Number(b.level === 'note'));
}

export function factsOf(run: Run, evidence: Evidence): Facts {
  const { world, config, wrappers, rewards } = run.setup.request;
  return {
    world,
    config,
    wrappers,
    rewards,
    explores: run.unit === 'env steps',
    continuous: run.scene?.env.spec.action.kind === 'box',
    progress: run.progress,
    updated: run.recorder.hasMetrics,
    evidence,
  };
}

/** What the command line says after training, a line each; `frozen` it has said before. */
export function remarksAfter(run: Run): readonly string[] {
  const { recorder } = run;
  const evidence = new Evidence();
  evidence.take(recorder.episodesSince(0), recorder.metricsSince(0));
  return diagnose(factsOf(run, evidence)).flatMap((finding) =>
    finding.id === 'frozen' ? [] : [findingLine(finding)],
  );
}

/** Of a run that has stopped because it diverged. */
export function divergedFinding({ divergence }: DivergenceError, run: Pick<Run, 'setup'>): Finding {
  return {
    id: 'diverged',
    level: 'problem',
    what: `training has diverged: ${divergence.what} is ${divergence.value}`,
    fixes: lowerLearningRate(run.setup.request.config),
    tries: divergence.remedy ?? 'smaller reward weights',
  };
}

/** A finding as one line of the command line: settings by their keys, fixes as they are typed. */
function findingLine({ what, tries, fixes }: Finding): string {
  const typed = fixes.map(({ section, key, value }) =>
    section === 'wrap' ? `--wrap ${key}=${value}` : `${key}=${value}`,
  );
  const all = [...typed, ...(tries === undefined ? [] : [tries])];
  const advice = all.length === 0 ? '' : `; try ${all.join(', or ')}`;
  return inWords(`${what}${advice}`, (key) => key);
}

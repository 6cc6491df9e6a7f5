/** Recorded statistics of a benchmark's scores [runs, tasks], as rliable defines them. */
import { meanOfTasks, medianOfTasks, optimalityGap, shareAbove } from '#core/aggregates.ts';
import { interquartileMean } from '#core/stats.ts';
import { expectClose, type AlgorithmAdapter, type Recorded } from './adapter.ts';

export const statistics: AlgorithmAdapter = {
  keys: ['scores', 'iqm', 'mean', 'median', 'optimalityGap', 'taus', 'profile'],
  check(recording) {
    const { shape, data } = recording['scores'] as Recorded;
    const [runs, count] = shape;
    const tasks = Array.from({ length: count }, (_, task) => data.filter((_, i) => i % count === task));
    const got = {
      iqm: interquartileMean(data),
      mean: meanOfTasks(tasks),
      median: medianOfTasks(tasks),
      optimalityGap: optimalityGap(data),
    };
    for (const [name, value] of Object.entries(got))
      expectClose([value], { shape: [1], data: [recording[name] as number] }, name, 1e-9);
    const { data: thresholds } = recording['taus'] as Recorded;
    const profile = thresholds.map((threshold) => shareAbove(tasks, threshold));
    expectClose(profile, recording['profile'] as Recorded, 'profile', 1e-9);
    return `${Object.keys(got).join(', ')}, profile of ${runs} runs of ${count} tasks`;
  },
};

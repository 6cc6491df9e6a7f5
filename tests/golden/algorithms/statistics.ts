/** Recorded statistics of a benchmark's scores [runs, tasks]: interquartile mean, mean, and median of the tasks' means. */
import { interquartileMean, mean, median } from '#core/stats.ts';
import { expectClose, type AlgorithmAdapter, type Recorded } from './adapter.ts';

export const statistics: AlgorithmAdapter = {
  keys: ['scores', 'iqm', 'mean', 'median'],
  check(recording) {
    const { shape, data } = recording['scores'] as Recorded;
    const [runs, tasks] = shape;
    const meansOfTasks = Array.from({ length: tasks }, (_, task) =>
      mean(data.filter((_, i) => i % tasks === task)),
    );
    const got = { iqm: interquartileMean(data), mean: mean(data), median: median(meansOfTasks) };
    for (const [name, value] of Object.entries(got))
      expectClose([value], { shape: [1], data: [recording[name] as number] }, name, 1e-9);
    return `${Object.keys(got).join(', ')} of ${runs} runs of ${tasks} tasks`;
  },
};

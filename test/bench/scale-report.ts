/** The page and the plots of the scale benchmark. */
import { linePlot } from './line-plot.ts';
import { describeMachine, table } from './report.ts';
import type { ScaleFigures, Stretch } from './scale-run.ts';

const seconds = ({ took }: Stretch): string => (took / 1000).toFixed(1);
const processor = ({ main, processor: all }: Stretch): string => `${(main / 1000).toFixed(1)} / ${(all / 1000).toFixed(1)}`;
const starved = ({ nodesReady, named, scheduled }: ScaleFigures): string => {
  const all = [nodesReady, named, scheduled];
  return `${Math.round((100 * all.reduce((sum, each) => sum + each.starved, 0)) / all.reduce((sum, each) => sum + each.took, 0))} %`;
};

export function formatScale(runs: readonly ScaleFigures[]): string {
  const rows = runs.map((run) => [
    run.nodes.toLocaleString('en'),
    run.pods.toLocaleString('en'),
    ...[run.nodesReady, run.named, run.scheduled].flatMap((each) => [seconds(each), processor(each)]),
    Math.round(run.memory).toLocaleString('en'),
    (run.slowestKubectl / 1000).toFixed(2),
    starved(run),
  ]);
  const cpu = 'processor: main / all, s';
  return [
    '# Simulated nodes at scale',
    '',
    describeMachine(),
    '',
    'Wall time from asking to the last Node Ready or Pod Running, seen by a watch; Pods are created over HTTPS by 48 clients on the same machine.',
    'Goals for 5,000 nodes and 10,000 Pods: Ready within 20 s, Running within 20 s, through the scheduler within 35 s, all within 1,536 MiB, kubectl under 1 s.',
    'Starved: the share of the time in which the server found no free processor; where it is large the machine was busy with other work.',
    '',
    ...table(['nodes', 'Pods', 'Ready, s', cpu, 'named, s', cpu, 'scheduled, s', cpu, 'memory at most, MiB', 'slowest kubectl, s', 'starved'], rows),
    '',
    ...(runs.length > 1 ? Object.keys(scalePlots(runs)).map((name) => `![](${name})\n`) : []),
  ].join('\n');
}

/** File names to SVG. */
export function scalePlots(runs: readonly ScaleFigures[]): Record<string, string> {
  const total = (of: (run: ScaleFigures) => Stretch) => runs.map((run) => [run.nodes, of(run).took / 1000] as const);
  const plots: Record<string, string> = {
    'scale.svg': linePlot({
      title: 'Time by number of nodes',
      x: 'nodes',
      y: 'seconds',
      lines: [
        { name: 'nodes Ready', points: total((run) => run.nodesReady) },
        { name: 'Pods Running, node named', points: total((run) => run.named) },
        { name: 'Pods Running, scheduled', points: total((run) => run.scheduled) },
      ],
    }),
  };
  const largest = runs.at(-1);
  if (largest) {
    const progress = ({ curve }: Stretch) => curve.map(([ms, count]) => [ms / 1000, count] as const);
    plots['scale-progress.svg'] = linePlot({
      title: `Progress with ${largest.nodes.toLocaleString('en')} nodes`,
      x: 'seconds',
      y: 'Ready or Running',
      lines: [
        { name: 'nodes Ready', points: progress(largest.nodesReady) },
        { name: 'Pods, node named', points: progress(largest.named) },
        { name: 'Pods, scheduled', points: progress(largest.scheduled) },
      ],
    });
  }
  return plots;
}

/** The numbers behind the charts of loads. */
import type { Inline, TableBlock, TableRow, Text } from '../document/model.ts';
import { formatCount, formatUs } from '../words/format.ts';
import type { LatencySummary, LoadResult, Percentiles } from '../model.ts';
import { loadName } from '../words/words.ts';

const PERCENTILES = {
  min: 'min',
  mean: 'mean',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
} as const;

/** The numbers behind the charts: each kind of request, and the locks, grouped by target. */
export function latencyTable(loads: readonly LoadResult[]): TableBlock {
  const kinds = [...new Set(loads.flatMap((load) => load.latency.map(({ name }) => name)))];
  const groups: readonly (readonly [string, (load: LoadResult) => Percentiles | undefined])[] = [
    ...kinds.flatMap((kind) => [
      [kind, (load: LoadResult) => latencyOf(load, kind)?.percentiles] as const,
      [`${kind}, corrected`, (load: LoadResult) => latencyOf(load, kind)?.corrected] as const,
    ]),
    ['lock wait', (load) => load.locks.wait],
    ['lock hold', (load) => load.locks.hold],
  ];
  const isOne = loads.length === 1;
  return {
    kind: 'table',
    caption: 'Latency',
    head: [isOne ? 'request' : 'target', 'count', ...Object.values(PERCENTILES)],
    numbersFrom: 1,
    rows: groups.flatMap(([name, of]): TableRow[] => {
      const rows = loads.flatMap((load, series) => {
        const percentiles = of(load);
        if (percentiles === undefined || percentiles.count === 0) return [];
        return [figuresRow(isOne ? name : { name: loadName(load), series }, percentiles)];
      });
      return isOne || rows.length === 0 ? rows : [{ group: name }, ...rows];
    }),
  };
}

function figuresRow(head: Inline, percentiles: Percentiles): Text[] {
  const columns = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];
  return [
    head,
    formatCount(percentiles.count),
    ...columns.map((column): Text => {
      const text = formatUs(percentiles[column]);
      return column === 'p99' ? { strong: text } : text;
    }),
  ];
}

function latencyOf(load: LoadResult, kind: string): LatencySummary | undefined {
  return load.latency.find(({ name }) => name === kind);
}

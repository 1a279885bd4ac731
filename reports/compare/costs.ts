/** What single requests cost the databases of a comparison's sides. */
import { COUNTED_KINDS } from '../../scenarios/counting/requests.ts';
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import type { Chapter, Text } from '../document/model.ts';
import { formatCount, plural } from '../words/format.ts';
import type { CompareReport } from './model.ts';

/** Empty if no side has a database whose protocol lockstep can read. */
export function costChapter({ sides }: CompareReport): Chapter[] {
  const counted = sides.filter(({ counts = [] }) => counts.length > 0);
  if (counted.length === 0) return [];
  const kinds = COUNTED_KINDS.filter((kind) => counted.some((side) => countsOf(side, kind) !== undefined));
  return [
    {
      id: 'costs',
      title: 'What a single request costs the database',
      blocks: [
        {
          kind: 'table',
          head: ['request', ...counted.map(({ name }) => name)],
          rows: kinds.map((kind): Text[] => [kind, ...counted.map((side) => costText(countsOf(side, kind)))]),
        },
        {
          kind: 'prose',
          tone: 'quiet',
          text: 'Counted one request at a time on open connections; the same on every machine. A flight is everything that is sent without waiting for an answer.',
        },
      ],
    },
  ];
}

function countsOf(
  { counts = [] }: Pick<CompareReport['sides'][number], 'counts'>,
  kind: RequestCounts['kind'],
): RequestCounts | undefined {
  return counts.find((one) => one.kind === kind);
}

function costText(counts: RequestCounts | undefined): Text {
  if (counts === undefined) return '–';
  const { statements, flights, bytesOut, bytesIn, isSteady } = counts;
  return [
    `${plural(statements, 'statement')}, ${plural(flights, 'flight')}, ${formatCount(bytesOut + bytesIn)} bytes`,
    ...(isSteady ? [] : [{ quiet: ' most of them' }]),
  ];
}

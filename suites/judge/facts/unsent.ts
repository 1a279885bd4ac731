/** Requests that were due in an open loop and were not sent. */
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import { formatCount, plural } from '../../counts.ts';

/**
 * What went wrong, as a sentence without a full stop; undefined: nothing. Under a fault, unsent requests are
 * expected.
 */
export function unsentOf({
  measured,
  faults,
}: Pick<EvidenceHeader, 'measured' | 'faults'>): string | undefined {
  const loop = measured?.loop;
  if (faults !== undefined) return undefined;
  if (loop?.kind === 'stepped' && loop.heldPerSecond === null)
    return `none of its ${plural(loop.steps.length, 'rate')} held`;
  if (loop?.kind !== 'open' || loop.neverSent === 0) return undefined;
  const { neverSent, due, ratePerSecond } = loop;
  return `${plural(neverSent, 'request')} of ${formatCount(due)} were never sent, because the load generator did not keep up with ${ratePerSecond} requests/s. Use a lower --rate, or more --connections or --drivers`;
}

/** The part of a load that the figures describe: after its warm-up, or the best step of `--rate auto`. */
import type { EvidenceHeader } from '../../evidence.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';

export interface MeasuredPart {
  /** In ns since the run's start. */
  readonly from: number;
  readonly to: number;
  /** Whether a request that began at that time belongs to the part. */
  readonly holds: (at: number) => boolean;
}

export function measuredPart({ measured, loadFrom, loadTo }: EvidenceHeader): MeasuredPart {
  if (measured === undefined) return { from: loadFrom, to: loadTo, holds: () => true };
  const { from, to } = measured;
  // Requests of unknown outcome are repeated after the end of the load.
  const end = to >= loadTo ? Infinity : to;
  return { from, to, holds: (at) => at >= from && at < end };
}

/** When a request was due (open loop) or sent. */
export function startOf({ intended, call }: HistoryEntry): number {
  return intended ?? call;
}

/** The histories of a load's named streams, as a recorded result keeps them for its page. */
import type { NamedStreams } from '../../../suites/judge/namedStreams.ts';
import { keyTimeline, type KeyTimeline } from './data.ts';

/** Operations that are drawn of one stream: a result holds those of all loads. */
const MAX_STREAM_OPERATIONS = 1000;

export interface LoadTimelines {
  readonly streams: readonly KeyTimeline[];
  /** Streams that findings name and that are not drawn. */
  readonly more: number;
}

/** What is illegal comes first. */
export function loadTimelines({ result, more }: NamedStreams): LoadTimelines {
  const keys = [...result.keys].sort((a, b) => rank(a.verdict) - rank(b.verdict));
  return { streams: keys.map((key) => keyTimeline(result.model, key, MAX_STREAM_OPERATIONS)), more };
}

function rank(verdict: KeyTimeline['verdict']): number {
  return ['illegal', 'unknown', 'ok'].indexOf(verdict);
}

/** The histories of streams that a load's findings name, in the form that a recorded result keeps for its page. */
import type { NamedStreams } from '../../../suites/judge/namedStreams.ts';
import { keyTimeline, type KeyTimeline } from './data.ts';

/** The most operations to draw for one stream, because a result contains those of all loads. */
const MAX_STREAM_OPERATIONS = 1000;

export interface LoadTimelines {
  readonly streams: readonly KeyTimeline[];
  /** The number of streams that findings name and that are not drawn. */
  readonly more: number;
}

/** Illegal histories come first. */
export function loadTimelines({ result, more }: NamedStreams): LoadTimelines {
  const keys = [...result.keys].sort((a, b) => rank(a.verdict) - rank(b.verdict));
  return { streams: keys.map((key) => keyTimeline(result.model, key, MAX_STREAM_OPERATIONS)), more };
}

function rank(verdict: KeyTimeline['verdict']): number {
  return ['illegal', 'unknown', 'ok'].indexOf(verdict);
}

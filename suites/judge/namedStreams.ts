/**
 * The client histories of the streams that a judgement names, checked separately and explained. They are shown to
 * people and do not affect the verdict. The judge also uses journals and audits, so a stream that it names may look
 * correct here.
 */
import type { Evidence } from '../../scenarios/evidence.ts';
import { checkHistory } from '../checker/checkHistory.ts';
import { collectHistory } from '../checker/models/index.ts';
import { stateOf } from '../checker/models/streamFields.ts';
import type { CheckResult, History } from '../checker/result.ts';
import type { Judgement } from '../result.ts';

/** The most streams that are shown. */
const MAX_STREAMS = 3;
const TIMEOUT_MS = 3000;
const EXPLAIN_MS = 6000;
const MEMORY_BYTES = 512 * 1024 * 1024;

export interface NamedStreams {
  readonly result: CheckResult;
  /** How many others are named. */
  readonly more: number;
}

/** The streams that a judgement names and whose histories are shown. */
export function shownStreams(judgement: Judgement): ReadonlySet<string> {
  // An adapter may have stored an event whose stream is not a text. It has no history.
  const named = streamsNamedBy(judgement).filter((name: unknown) => typeof name === 'string');
  return new Set(named.slice(0, MAX_STREAMS));
}

/**
 * `history` must contain at least the shown streams. `clock`: milliseconds from any origin. Undefined: no stream is
 * named, or requests may be missing.
 */
export function checkNamedStreams(
  { header, history }: Pick<Evidence, 'header' | 'history'>,
  judgement: Judgement,
  clock: () => number,
): NamedStreams | undefined {
  const named = streamsNamedBy(judgement);
  if (named.length === 0 || header.interrupted !== undefined) return undefined;
  const chosen = shownStreams(judgement);
  const states = new Map(header.seeded.map((stream) => [stream.id, stateOf(stream)]));
  const model = header.workload === 'balance' ? 'stream-balance' : 'stream-lifecycle';
  const collector = collectHistory({ format: 'lockstep-history', version: 1, model }, (key) =>
    states.get(key),
  );
  for (const entry of history) {
    if (chosen.has(entry.key)) collector.add({ model, line: entry });
  }
  const limits = { timeoutMs: TIMEOUT_MS, explainMs: EXPLAIN_MS, memoryBytes: MEMORY_BYTES, clock };
  const result = checkHistory(finished(collector.finish()), limits);
  return result.keys.length === 0 ? undefined : { result, more: named.length - chosen.size };
}

/** Findings of linearizability come first, because a history shows them best. */
function streamsNamedBy({ rules }: Judgement): string[] {
  const first = rules.filter(({ rule }) => rule === 'linearizability');
  const rest = rules.filter(({ rule }) => rule !== 'linearizability');
  const streams = [...first, ...rest].flatMap(({ findings }) =>
    findings.flatMap(({ stream }) => (stream === undefined ? [] : [stream])),
  );
  return [...new Set(streams)];
}

function finished(finishing: Generator<void, History, void>): History {
  for (;;) {
    const part = finishing.next();
    if (part.done === true) return part.value;
  }
}

/** What clients saw of a stream that was settled twice, as a load's result keeps it. */
import type { StreamLine } from '../../scenarios/history/lines.ts';
import { checkHistory } from '../../suites/checker/checkHistory.ts';
import { collectHistory } from '../../suites/checker/models/index.ts';
import { loadTimelines, type LoadTimelines } from '../check/timeline/loadTimelines.ts';

const LIMITS = { timeoutMs: 1, explainMs: 1, memoryBytes: 2 ** 24, clock: () => 0 };
const INITIAL = {
  status: 'active',
  revision: 2,
  totalAmount: '100',
  releasedAmount: '0',
  withdrawnAmount: '0',
} as const;

function settle(client: number, call: number, token: string): StreamLine {
  const result = { status: 200, effect: true, revision: 3, releasedAmount: '7', operationId: token };
  return {
    client,
    key: 'stream-17',
    f: 'settle',
    args: { amount: '7', token, fingerprint: token },
    call,
    return: call + 700_000,
    outcome: 'ok',
    result,
  };
}

/** `more`: streams that are named and not drawn. */
export function doubleSettleTimelines(more: number): LoadTimelines {
  const model = 'stream-balance';
  const collector = collectHistory({ format: 'lockstep-history', version: 1, model, initial: INITIAL });
  for (const line of [settle(4, 100_000, 'settle:a'), settle(9, 400_000, 'settle:b')])
    collector.add({ model, line });
  const finishing = collector.finish();
  for (;;) {
    const part = finishing.next();
    if (part.done === true) return loadTimelines({ result: checkHistory(part.value, LIMITS), more });
  }
}

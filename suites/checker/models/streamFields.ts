/** Streams in evidence, in the words of the models. */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { HistoryResult } from '../../../scenarios/evidence/model/history.ts';
import type { ModelOperation, StreamInput, StreamState } from '../../models/stream.ts';
import type { ShownState } from '../versionOrder.ts';

type StateFields = 'status' | 'revision' | 'totalAmount' | 'releasedAmount' | 'withdrawnAmount';

export function stateOf(stream: Pick<StreamRecord, StateFields>): StreamState {
  return {
    status: stream.status,
    revision: stream.revision,
    total: amountOf(stream.totalAmount) ?? NO_AMOUNT,
    released: amountOf(stream.releasedAmount) ?? NO_AMOUNT,
    withdrawn: amountOf(stream.withdrawnAmount) ?? NO_AMOUNT,
  };
}

/** What no amount is equal to: a text that is none differs from every state. */
const NO_AMOUNT = -1n;

/** Every amount of so many digits is exact as a number. */
const NUMBER_DIGITS = 15;

/** The minor units in `text`; undefined when it is no amount. By hand: a large history has millions of them. */
export function amountOf(text: string): bigint | undefined {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (text === '') return undefined;
  return BigInt(text.length <= NUMBER_DIGITS ? value : text);
}

export function shownBy(result: HistoryResult): ShownState {
  const { revision, streamStatus, releasedAmount, withdrawnAmount } = result;
  return {
    revision,
    status: streamStatus,
    released: releasedAmount === undefined ? undefined : (amountOf(releasedAmount) ?? NO_AMOUNT),
    withdrawn: withdrawnAmount === undefined ? undefined : (amountOf(withdrawnAmount) ?? NO_AMOUNT),
  };
}

/** The input of an operation; undefined when it is none that changes a stream. */
export function inputOf(f: string | undefined, amount: string | undefined): StreamInput | undefined {
  if (!isOperation(f)) return undefined;
  const units = amount === undefined ? undefined : amountOf(amount);
  return units === undefined ? { f } : { f, amount: units };
}

const OPERATIONS: readonly ModelOperation[] = ['start', 'pause', 'stop', 'settle', 'withdraw'];

function isOperation(f: string | undefined): f is ModelOperation {
  return OPERATIONS.includes(f as ModelOperation);
}

/** `revision 3, active, released 10, withdrawn 4`. */
export function describeState({ revision, status, released, withdrawn }: ShownState): string {
  const parts = [
    revision === undefined ? undefined : `revision ${revision}`,
    status,
    released === undefined ? undefined : `released ${released}`,
    withdrawn === undefined ? undefined : `withdrawn ${withdrawn}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

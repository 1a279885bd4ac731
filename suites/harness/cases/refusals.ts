/** Inputs that must be refused, and the stored records before and after. */
import { RETRYABLE_CODES, type StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { enter, leave } from './generate.ts';
import { codeOf } from '../judging/observe.ts';

/** `call` in a section of `stream` through its view, if views have the method; otherwise the call itself. */
export function throughView(call: CallStep, stream: string, inSection: boolean): Step[] {
  return inSection && isOnViews(call) ? [enter(stream), { ...call, via: 'view' }, leave] : [call];
}

/** Of the idempotency store, views only have `get` and `insert`. */
function isOnViews({ method }: CallStep): boolean {
  return (
    !method.startsWith('idempotency.') || method === 'idempotency.get' || method === 'idempotency.insert'
  );
}

/**
 * The code with which the input was refused: by the call itself or, if writes are buffered, by the end of its section.
 * `none`: an error without a code. Undefined: it was accepted.
 */
export function refusedWith(records: readonly StepRecord[]): StorageErrorCode | 'none' | undefined {
  for (const record of [...records].sort((a, b) => a.step - b.step)) {
    const code = codeOf(record);
    if (code !== undefined) return code;
  }
  return undefined;
}

/** Whether the code asks the caller to try again. A refusal that is permanent must not have such a code. */
export function isRetryable(code: StorageErrorCode | 'none' | undefined): boolean {
  return RETRYABLE_CODES.some((one) => one === code);
}

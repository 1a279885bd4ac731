/** Errors outside any call, for a reader: they violate every clause, whatever the calls themselves answer. */
import type { Beside, Leak, Stray } from '../../../scenarios/host/index.ts';
import type { ClauseResult } from '../../result.ts';
import type { Failure } from '../engine/property.ts';

/** The number of lines of a stack to show. */
const STACK_LINES = 6;

export function besideFailure({ strays, leaks }: Beside): Failure | undefined {
  const [stray] = strays;
  if (stray !== undefined) return strayFailure(stray, strays.length);
  return leaks.length === 0 ? undefined : leakFailure(leaks as [Leak, ...Leak[]]);
}

/** The result with errors that came later. They are added to whatever was found before. */
export function withLate(result: ClauseResult, beside: Beside): ClauseResult {
  const failure = besideFailure(beside);
  if (failure === undefined || result.status === 'violated') return result;
  const { reason: _, ...rest } = result;
  const counterexample = { ...failure, path: '', run: Math.max(1, result.runs), shrinks: 0, lanes: [] };
  return { ...rest, status: 'violated', counterexample };
}

function strayFailure(stray: Stray, count: number): Failure {
  const { process, kind, name, message, stack } = stray;
  if (kind === 'end of the process')
    return {
      summary: `Process ${process} was lost while an instance in it was closed (${name}): ${message}`,
      expected: 'the adapter leaves its process running',
      actual: `${name}: ${message}`,
    };
  const more = count === 1 ? '' : ` ${count - 1} more came.`;
  return {
    summary: `An error reached process ${process} outside any call (${kind}). It would end a plain Node.js process: ${name}: ${message}.${more}`,
    expected: 'an error rejects the call to which it belongs, and reaches nothing else',
    actual: stack === undefined ? `${kind}: ${name}: ${message}` : shortened(stack),
  };
}

function leakFailure(leaks: readonly [Leak, ...Leak[]]): Failure {
  const { process, instances } = leaks[0];
  const grown = leaks.map(({ kind, growth }) => `${growth} × ${kind}`).join(', ');
  return {
    summary: `Every instance leaves something behind in process ${process}: ${instances} were opened and closed, and each time more was left: ${grown}.`,
    expected: 'close releases everything that its instance opened or started',
    actual: `${grown} more than before, while no instance was open`,
  };
}

function shortened(stack: string): string {
  return stack.split('\n').slice(0, STACK_LINES).join('\n');
}

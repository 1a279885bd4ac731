/** A violated clause as a vitest error, with the same picture and facts that the command line prints. */
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import { violationArticle } from '../../reports/run/clauses.ts';
import type { ClauseContext } from '../../reports/words/repeat.ts';
import type { ClauseResult } from '../../suites/result.ts';

/** Vitest prints messages without changes, in its own colours. */
const STYLE = { color: false, columns: 120 };

/** The message. The test's title already contains the clause. */
export function failureText(result: ClauseResult, context: ClauseContext): string {
  return result.status === 'violated'
    ? drawBlocks(violationArticle(result, context).blocks, STYLE)
    : `${result.status}: ${result.reason ?? 'no reason was given'}`;
}

/**
 * `calledAt`: an error that was created where the test was registered. The report shows that place instead of one
 * inside lockstep.
 */
export function failureError(message: string, calledAt: Error): Error {
  const error = new Error(message);
  const [, ...frames] = (calledAt.stack ?? '').split('\n');
  error.stack = [`Error: ${message}`, ...frames].join('\n');
  return error;
}

/** A clause that does not hold, as an error of vitest: the picture and the facts that the command line prints. */
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import { violationArticle } from '../../reports/run/clauses.ts';
import type { ClauseContext } from '../../reports/words/repeat.ts';
import type { ClauseResult } from '../../suites/result.ts';

/** Vitest prints messages as they are, in its own colours. */
const STYLE = { color: false, columns: 120 };

/** The message. The test's title has the clause already. */
export function failureText(result: ClauseResult, context: ClauseContext): string {
  return result.status === 'violated'
    ? drawBlocks(violationArticle(result, context).blocks, STYLE)
    : `${result.status}: ${result.reason ?? 'no reason was given'}`;
}

/** `calledAt`: an error made where the test was registered. Its place is shown, not one inside of lockstep. */
export function failureError(message: string, calledAt: Error): Error {
  const error = new Error(message);
  const [, ...frames] = (calledAt.stack ?? '').split('\n');
  error.stack = [`Error: ${message}`, ...frames].join('\n');
  return error;
}

/** Parses `--threshold`. */
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { parseThreshold, type Threshold } from '../../suites/figures/thresholds.ts';

/** Throws USAGE for the first text that is no threshold or that this command cannot decide. */
export function thresholdsOf(texts: readonly string[], command: 'load' | 'compare'): Threshold[] {
  return texts.map((text) => {
    const parsed = parseThreshold(text);
    if ('problem' in parsed) throw refused(text, parsed.problem);
    if (parsed.isRatio && command === 'load')
      throw refused(text, 'a load has nothing that it could be a ratio to. Use lockstep compare');
    return parsed;
  });
}

function refused(text: string, problem: string): LockstepError {
  return new LockstepError('USAGE', `--threshold '${text}': ${problem}.`);
}

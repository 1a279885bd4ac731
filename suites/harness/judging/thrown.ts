/** Checks that withLock rejects with exactly what its callback threw. */
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { whoOf } from './observe.ts';
import type { Failure, Trial, TrialRun } from '../engine/property.ts';
import { sectionsAround, sectionsOf, type Section } from './sections.ts';

/**
 * A section whose callback threw (or passed on what a nested section threw) and whose withLock rejected with something
 * else.
 */
export function wrongError({ main, trial }: TrialRun<unknown>): Failure | undefined {
  const sections = sectionsOf(main, trial);
  for (const section of sections) {
    const { left, entered } = section;
    if (left === undefined || !throws(section, sections, trial)) continue;
    const { outcome } = left;
    if (outcome.status === 'ok') {
      return {
        summary: `withLock resolved although its callback (${whoOf(left)}) threw.`,
        expected: 'the error that the callback threw',
        actual: 'withLock resolved',
        marked: [entered, left],
      };
    }
    if (outcome.status !== 'error' || outcome.error.original === true) continue;
    const { error } = outcome;
    return {
      summary: `withLock rejected, but not with the error that its callback (${whoOf(left)}) threw.`,
      expected: 'the very thing that the callback threw, so that the caller knows it by identity',
      actual: `${error.code ?? error.name}: ${error.message}`,
      marked: [entered, left],
    };
  }
  return undefined;
}

/**
 * A callback that threw on its own and was run again because of that. That is only allowed after a serialization
 * failure or a deadlock; here there was no competition, and none of its calls had failed.
 */
export function ranAgain({ main, trial }: TrialRun<unknown>): Failure | undefined {
  for (const again of sectionsOf(main, trial).filter(({ attempt }) => attempt > 1)) {
    const before = main.records.filter(
      ({ section, attempt }) => section === again.number && attempt === again.attempt - 1,
    );
    const [last] = before.toSorted((a, b) => b.step - a.step);
    if (last === undefined || stepAt(trial, again.actor, last.step + 1)?.do !== 'throw') continue;
    if (before.some(({ outcome }) => outcome.status !== 'ok') || wasBeside(again, before, main.records))
      continue;
    return {
      summary: `A callback (${whoOf(again.entered)}) threw an error of its own, and the adapter ran it again.`,
      expected: 'a callback runs again only after a serialization failure or a deadlock',
      actual: `run ${again.attempt} of the same callback`,
      marked: [...before, again.entered],
    };
  }
  return undefined;
}

function wasBeside(again: Section, before: readonly StepRecord[], records: readonly StepRecord[]): boolean {
  const from = Math.min(...before.map(({ call }) => call));
  return records.some(
    (other) => other.actor !== again.actor && other.call < again.from && other.return > from,
  );
}

function throws(section: Section, sections: readonly Section[], trial: Trial): boolean {
  const { left } = section;
  if (left === undefined) return false;
  if (stepAt(trial, left.actor, left.step)?.do === 'throw') return true;
  return sections.some((inner) => {
    if (sectionsAround(inner, sections)[0] !== section || !throws(inner, sections, trial)) return false;
    const entered = stepAt(trial, inner.actor, inner.entered.step);
    const passed = inner.left?.outcome.status === 'error' && inner.left.outcome.error.original === true;
    return passed && entered?.do === 'enter' && entered.swallow !== true;
  });
}

function stepAt({ actors }: Trial, actor: number, step: number): Step | undefined {
  return actors[actor]?.steps[step];
}

/** The verdict of a run, in one sentence. */
import { inWords } from '../../scenarios/inWords.ts';
import { plural, printable } from './format.ts';
import type { RunResult } from '../model.ts';

import { earlyEndText, meansControlFailure, newViolations, undecidedClauses } from './words.ts';

/** The verdict of a run, in one sentence. */
export function headline(result: RunResult): string {
  const broken = brokenText(result);
  if (result.partial) {
    const end = result.endedEarly === undefined ? '' : ` (${earlyEndText(result.endedEarly)})`;
    return broken === '' ? `Interrupted before the verdict${end}` : `Interrupted${end}; ${broken}`;
  }
  switch (result.exitStatus) {
    case 0: {
      const known = result.certifications.flatMap(({ baseline }) => baseline?.known ?? []).length;
      const but = known === 0 ? '' : `, but for ${plural(known, 'known failure')}`;
      return `Everything that counted held${but}`;
    }
    case 1:
      return broken === '' ? 'Something is violated' : broken;
    case 3:
      return `Not decided: ${undecidedText(result)}`;
    case 4:
      return missedText(result);
    default: {
      const never: never = result.exitStatus;
      return never;
    }
  }
}

/** The missed thresholds, if everything else held. */
function missedText({ loads }: RunResult): string {
  const missed = loads.flatMap(({ thresholds = [] }) =>
    thresholds.filter(({ outcome }) => outcome === 'missed'),
  );
  const [first] = missed;
  return `${plural(missed.length, 'threshold')} missed${first === undefined ? '' : `, the first: ${first.text} of ${printable(first.of)}`}`;
}

/** The targets that break the contract, and baseline entries that hold by now. Empty: there are none. */
function brokenText(result: RunResult): string {
  const violated = [
    ...result.certifications
      .filter((certification) => newViolations(certification).length > 0)
      .map((certification) => certification.target.spec),
    ...result.loads
      .filter((load) => load.judgement.verdict === 'violated' && !load.negativeControl)
      .map((load) => load.target.spec),
  ];
  const names = [...new Set(violated)].map((name) => printable(name));
  const stale = [...new Set(result.certifications.flatMap(({ baseline }) => baseline?.stale ?? []))];
  const parts = [
    ...(names.length === 0
      ? []
      : [`${inWords(names)} ${names.length === 1 ? 'breaks' : 'break'} the contract`]),
    ...(stale.length === 0
      ? []
      : [`${inWords(stale)} ${stale.length === 1 ? 'holds' : 'hold'} now, against the baseline`]),
  ];
  return parts.join('; ');
}

function undecidedText(result: RunResult): string {
  const counts = new Map<string, number>();
  for (const { status } of result.certifications.flatMap(undecidedClauses))
    counts.set(status, (counts.get(status) ?? 0) + 1);
  const clauses = [...counts].map(([status, count]) => `${plural(count, 'clause')} ${status}`);
  const loads = result.loads.filter((load) => load.judgement.verdict === 'inconclusive');
  const controls = result.loads.filter(meansControlFailure);
  const thresholds = result.loads.flatMap(({ thresholds = [] }) =>
    thresholds.filter(({ outcome }) => outcome === 'undecided'),
  );
  const parts = [
    ...clauses,
    ...(loads.length === 0 ? [] : [`${plural(loads.length, 'load')} inconclusive`]),
    ...(thresholds.length === 0 ? [] : [`${plural(thresholds.length, 'threshold')} undecided`]),
    ...(controls.length === 0 ? [] : ['the negative control was not caught']),
  ];
  return parts.length === 0 ? 'the run did not end as it should' : parts.join(', ');
}

/**
 * Rule 8: after a fault, every stream and every service is usable again within the bound that the target declares;
 * without a bound, requests are answered.
 */
import { defined } from '../../../adapters/contract/defined.ts';
import type { Strike } from '../../../scenarios/evidence.ts';
import type { Finding, RuleResult } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import { countKinds, unansweredKind, type KindCount } from './answeredKinds.ts';
import { concludeAnswers, lookAtAnswers, type AnswersPart } from './calmAnswers.ts';
import { plural } from '../../counts.ts';
import { collectFindings, drawLanes, type Bar, type Findings } from '../findings.ts';
import { recoveryTimes, spreadOf, usesOf, type Spread, type Use } from './recovery.ts';
import { ruleResult, type RulePart, type Whole } from './rule.ts';
import type { JournalSection } from '../facts/sections.ts';

/** The longest duration of a call while the storage does not answer, in nanoseconds. */
export const CALL_BOUND_NS = 25e9;

export interface LivenessPart extends RulePart {
  /** For a load without faults. */
  readonly answers?: AnswersPart;
  /** For a load with faults. */
  readonly kinds?: readonly KindCount[];
}

export function lookAtLiveness(file: CaseFile): LivenessPart {
  const findings = collectFindings();
  if (file.header.faults === undefined) {
    const answers = lookAtAnswers(file, findings);
    return { kept: findings.kept, count: findings.count, sums: {}, answers };
  }
  const happened = file.strikes.filter((strike) => strike.at !== undefined);
  for (const [index, strike] of happened.entries()) judgeCalls(findings, file, strike, OF_CALLS + index);
  const kinds = countKinds([...file.requests, ...file.scans, ...file.exportRequests]);
  return { kept: findings.kept, count: findings.count, sums: {}, kinds };
}

/** After findings about strikes alone: first those about the first strike, then those about the second, and so on. */
const OF_CALLS = 1;

export function concludeLiveness(parts: readonly LivenessPart[], whole: Whole): RuleResult {
  const { strikes, header } = whole;
  if (header.faults === undefined)
    return concludeAnswers(
      parts,
      parts.flatMap(({ answers }) => answers ?? []),
    );
  const findings = collectFindings();
  for (const strike of strikes) {
    judgeEnded(findings, strike);
    for (const use of usesOf(strike)) judgeUse(findings, strike, use, header.capabilities.recoveryMs);
  }
  const happened = strikes.filter((strike) => strike.at !== undefined);
  return ruleResult('liveness', [findings, ...parts], {
    checked: happened.length,
    detail: detailOf(happened, header.capabilities.recoveryMs),
    inconclusive: whyOpen(whole, happened) ?? unansweredKind(parts.flatMap(({ kinds = [] }) => kinds)),
  });
}

/** Requested faults that did not strike prove nothing. */
function whyOpen(
  { header: { faults = {}, interrupted }, strikes }: Whole,
  happened: readonly Strike[],
): string | undefined {
  const planned = Object.values(faults).reduce((sum, each) => sum + each, 0);
  if (happened.length === planned) return undefined;
  const missed = strikes.find((strike) => strike.missed !== undefined);
  const why =
    missed === undefined ? (interrupted ?? 'the load ended first') : `${missed.fault}: ${missed.missed}`;
  return `${happened.length} of ${plural(planned, 'fault')} struck (${why.replace(/\.+$/, '')})`;
}

function detailOf(strikes: readonly Strike[], boundMs: number | null): string {
  const bound = boundMs === null ? 'no bound is declared' : `${boundMs} ms are declared`;
  const times = recoveryTimes(strikes);
  const [others, self] = [spreadOf(times.others), spreadOf(times.self)];
  const parts = [
    ...(others === undefined ? [] : [`for others after ${range(others)}`]),
    ...(self === undefined ? [] : [`for the struck service after ${range(self)}`]),
  ];
  return `${plural(strikes.length, 'fault')} struck; streams usable again ${parts.join(', ')}; ${bound}`;
}

function range({ medianMs, maxMs }: Spread): string {
  return `${ms(medianMs)} in the median, ${ms(maxMs)} at most`;
}

function judgeEnded(findings: Findings, strike: Strike): void {
  for (const { service, how } of strike.ended) {
    // This process was meant to be killed.
    if (strike.fault === 'kill-holder' && service === strike.service) continue;
    findings.add(() =>
      describe(strike, `Service ${service} ended by itself (${how}) when it was struck by ${strike.fault}.`),
    );
  }
}

function judgeUse(findings: Findings, strike: Strike, use: Use, boundMs: number | null): void {
  const { service, tookNs } = use;
  // Without a bound the other services may have to wait indefinitely, but the struck service must still come back.
  if (boundMs === null && !(service === strike.service && tookNs === null)) return;
  const who = service === strike.service ? `service ${service}, which was struck,` : `service ${service}`;
  const what = `Stream "${strike.stream}" was struck by ${strike.fault} at the point "${strike.point}"`;
  if (tookNs === null)
    findings.add(() =>
      describe(
        strike,
        `${what}, and did not become usable again through ${who} for as long as lockstep tried.`,
      ),
    );
  else if (boundMs !== null && tookNs > boundMs * 1e6)
    findings.add(() =>
      describe(
        strike,
        `${what}, and became usable again through ${who} only after ${ms(tookNs / 1e6)}; ${boundMs} ms are declared.`,
      ),
    );
}

/** Each call of the struck service must end while the storage is silent, if the silence is long enough to show it. */
function judgeCalls(findings: Findings, { journal }: CaseFile, strike: Strike, phase: number): void {
  const { fault, service, at = 0, until } = strike;
  if (fault !== 'blackhole' || until === undefined || until - at <= CALL_BOUND_NS) return;
  const open = journal.sections.filter(
    (section) => section.service === service && isOpen(section, at) && section.settled > at + CALL_BOUND_NS,
  );
  for (const section of open) {
    findings.at(section.place, phase);
    findings.add(() =>
      describe(
        strike,
        `A section of stream "${section.stream}" in service ${service} ran for another ${ms((section.settled - at) / 1e6)} while the storage did not answer; at most ${CALL_BOUND_NS / 1e6} ms are allowed.`,
      ),
    );
  }
}

function isOpen({ wait, attempts, settled }: JournalSection, at: number): boolean {
  return (wait ?? attempts[0]?.enter ?? Infinity) <= at && settled > at;
}

function describe(strike: Strike, summary: string): Finding {
  return {
    summary,
    ...defined({ stream: strike.stream }),
    services: [strike.service],
    lanes: drawLanes(barsOf(strike)),
  };
}

function barsOf(strike: Strike): Bar[] {
  const { at, until, fault, service } = strike;
  if (at === undefined) return [];
  return [
    {
      lane: `service ${service}`,
      label: fault,
      from: at,
      to: until ?? at,
      kind: 'error',
      marked: true,
    },
    ...usesOf(strike).map(({ service: other, from, at: granted }): Bar => ({
      lane: `service ${other}, asking for the stream`,
      label: granted === null ? 'never granted' : 'granted',
      from,
      to: granted ?? Infinity,
      kind: 'call',
    })),
  ];
}

function ms(value: number | null): string {
  return value === null ? 'no end' : `${Math.round(value)} ms`;
}

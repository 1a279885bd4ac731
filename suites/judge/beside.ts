/** Rule 9: nothing happens beside the calls: no error reaches a service outside any call, and no instance leaves anything behind. */
import type { JournalEntry } from '../../scenarios/evidence.ts';
import type { Finding, RuleResult } from '../result.ts';
import type { CaseFile } from './caseFile.ts';
import { collectFindings, drawLanes, plural, ruleResult } from './findings.ts';

type Stray = Extract<JournalEntry, { type: 'stray' }>;
type Leak = Extract<JournalEntry, { type: 'leak' }>;

export function judgeBeside({ journals, gaps }: CaseFile): RuleResult {
  const findings = collectFindings();
  for (const { service, entries } of journals) {
    for (const entry of entries) {
      if (entry.type === 'stray') findings.add(() => describeStray(service, entry));
      else if (entry.type === 'leak') findings.add(() => describeLeak(service, entry));
    }
  }
  return ruleResult({
    rule: 'beside',
    findings,
    checked: journals.length,
    detail: `${plural(journals.length, 'journal')} of what reached services beside the calls`,
    inconclusive: gaps.journals,
  });
}

function describeStray(service: number, { at, kind, text, stack }: Stray): Finding {
  const frame = stack?.split('\n').find((line) => line.trim().startsWith('at '));
  const where = frame === undefined ? '' : ` (${frame.trim()})`;
  return {
    summary: `An error reached service ${service} beside every call (${kind}), which ends a plain Node.js process: ${text}${where}`,
    services: [service],
    lanes: drawLanes([
      { lane: `service ${service}`, label: text, from: at, to: at, kind: 'error', marked: true },
    ]),
  };
}

function describeLeak(service: number, { kind, instances, growth }: Leak): Finding {
  return {
    summary: `Each instance leaves something behind in service ${service}: ${instances} were opened and closed, and ${growth} × ${kind} more was left.`,
    services: [service],
    lanes: [],
  };
}

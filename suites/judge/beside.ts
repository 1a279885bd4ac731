/** Rule 9: nothing happens beside the calls: no error reaches a service outside any call, and no instance leaves anything behind. */
import type { BesideEntry, JournalEntry } from '../../scenarios/evidence.ts';
import type { Finding, RuleResult } from '../result.ts';
import type { CaseFile } from './caseFile.ts';
import { collectFindings, drawLanes, plural, ruleResult } from './findings.ts';

type Stray = Extract<JournalEntry, { type: 'stray' }>;
type StrayKind = BesideEntry['kind'];
type Leak = Extract<JournalEntry, { type: 'leak' }>;

export function judgeBeside({ header, journals, gaps }: CaseFile): RuleResult {
  const findings = collectFindings();
  for (const entry of header.beside ?? []) findings.add(() => describeEntry(entry));
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

function describeEntry({ where, kind, text, stack }: BesideEntry): Finding {
  return { summary: summaryOf(where, kind, text, stack), services: [], lanes: [] };
}

function describeStray(service: number, { at, kind, text, stack }: Stray): Finding {
  return {
    summary: summaryOf(`service ${service}`, kind, text, stack),
    services: [service],
    lanes: drawLanes([
      { lane: `service ${service}`, label: text, from: at, to: at, kind: 'error', marked: true },
    ]),
  };
}

function summaryOf(where: string, kind: StrayKind, text: string, stack: string | undefined): string {
  if (kind === 'end of the process')
    return `${where.charAt(0).toUpperCase()}${where.slice(1)} ended by itself (${text}).`;
  const frame = stack?.split('\n').find((line) => line.trim().startsWith('at '));
  const at = frame === undefined ? '' : ` (${frame.trim()})`;
  return `An error reached ${where} beside every call (${kind}), which ends a plain Node.js process: ${text}${at}`;
}

function describeLeak(service: number, { kind, instances, growth }: Leak): Finding {
  return {
    summary: `Each instance leaves something behind in service ${service}: ${instances} were opened and closed, and ${growth} × ${kind} more was left.`,
    services: [service],
    lanes: [],
  };
}

/** Rule 9: no error reaches a service outside any call, and no instance leaves anything behind. */
import { capitalized } from '../../capitalized.ts';
import type { BesideEntry } from '../../../scenarios/evidence.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { Finding } from '../../result.ts';
import { plural } from '../../counts.ts';
import { drawLanes } from '../findings.ts';
import { defineRule, type Rule } from './rule.ts';

type Stray = Extract<JournalEntry, { type: 'stray' }>;
type StrayKind = BesideEntry['kind'];
type Leak = Extract<JournalEntry, { type: 'leak' }>;

export const beside: Rule = defineRule({
  name: 'beside',
  counts: [],
  look({ journals, places }, findings) {
    for (const [journal, { service, entries }] of journals.entries()) {
      for (const [line, entry] of entries.entries()) {
        if (entry.type !== 'stray' && entry.type !== 'leak') continue;
        findings.at(places.journal(journal, line), IN_JOURNALS);
        findings.add(() =>
          entry.type === 'stray' ? describeStray(service, entry) : describeLeak(service, entry),
        );
      }
    }
    return {};
  },
  lookAtWhole({ header }, findings) {
    for (const entry of header.beside ?? []) findings.add(() => describeEntry(entry));
  },
  conclude: (_sums, { journals, gaps }) => ({
    checked: journals,
    detail: `${plural(journals, 'journal')} checked for errors outside any call`,
    inconclusive: gaps.journals,
  }),
});

/** After what the run says of processes that leave no journal. */
const IN_JOURNALS = 1;

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
  if (kind === 'end of the process') return `${capitalized(where)} ended by itself (${text}).`;
  const frame = stack?.split('\n').find((line) => line.trim().startsWith('at '));
  const at = frame === undefined ? '' : ` (${frame.trim()})`;
  return `An error reached ${where} outside any call (${kind}). It would end a plain Node.js process: ${text}${at}`;
}

function describeLeak(service: number, { kind, instances, growth }: Leak): Finding {
  return {
    summary: `Every instance leaves something behind in service ${service}: after ${instances} were opened and closed, ${growth} × ${kind} more were left.`,
    services: [service],
    lanes: [],
  };
}

/** What is missing from the evidence. If something is missing, its absence proves nothing. */
import type { Audit, EvidenceHeader, Reader } from '../../../scenarios/evidence.ts';

/** The size of the evidence. */
export interface Extent {
  readonly header: EvidenceHeader;
  /** The number of lines in the histories. */
  readonly operations: number;
  /** The service of each journal. A service that was replaced occurs several times. */
  readonly journaled: readonly number[];
  readonly readers: readonly Audit['reader'][];
}

export interface Gaps {
  /** Why executions, sections or payouts may be missing. */
  readonly journals: string | undefined;
  /** Why storage may hold records that are in no audit. */
  readonly audits: string | undefined;
  /** Why there is nothing to judge. */
  readonly history: string | undefined;
  /** The first of these reasons. */
  readonly any: string | undefined;
}

export function whatIsMissing({ header, operations, journaled: journals, readers }: Extent): Gaps {
  const interrupted =
    header.interrupted === undefined
      ? undefined
      : `the run was interrupted: ${header.interrupted.replace(/\.+$/, '')}`;
  const journaled = new Set(journals);
  const audited = new Set(readers);
  const noHistory = operations === 0 ? 'no client recorded a request' : undefined;
  const noJournal =
    journaled.size < header.services
      ? `only ${journaled.size} of ${header.services} services left a journal`
      : undefined;
  const noActivity = header.surfaces.includes('activity')
    ? undefined
    : 'the adapter has no surface activity, so storage does not show which operations took effect';
  const gaps = {
    history: noHistory ?? interrupted,
    journals: noJournal ?? interrupted,
    audits: missingAudit(audited, header) ?? noActivity ?? interrupted,
  };
  return { ...gaps, any: interrupted ?? gaps.history ?? gaps.journals ?? gaps.audits };
}

function missingAudit(
  audited: ReadonlySet<Reader>,
  { services, capabilities }: EvidenceHeader,
): string | undefined {
  const fromServices = [...audited].filter((reader) => typeof reader === 'number').length;
  if (fromServices < services)
    return `only ${fromServices} of ${services} services read storage after the load`;
  if (capabilities.crossInstance && !audited.has('fresh'))
    return 'no new process read storage after the load';
  return undefined;
}

/**
 * Where instances disagree about the contents of storage, and rows that are not records or that one reader saw twice.
 */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Reader } from '../../../scenarios/evidence.ts';
import type { Finding } from '../../result.ts';
import { PAYOUT_SENT } from './activity.ts';
import type { CaseFile } from './caseFile.ts';
import { distinct, shortId, type Findings } from '../findings.ts';
import { sameJson } from '../json.ts';
import type { Disagreement } from './storage.ts';
import { describeState, stateOf } from '../../checker/models/streamFields.ts';

/** The order of findings: each kind goes through the whole evidence. */
const DISAGREEING = 0;
const GARBAGE = 1;
const REPEATED = 2;
export const AFTER_DISAGREEMENTS = 3;

type Group = [Disagreement, ...Disagreement[]];

/** Adds a finding for each stream, and for each other kind of record, that readers disagree about. Returns those streams. */
export function findDisagreements(findings: Findings, file: CaseFile): Set<string> {
  const groups = new Map<string, Group>();
  const disputed = new Set<string>();
  for (const disagreement of file.storage.disagreements) {
    const stream = streamOf(file, disagreement);
    if (stream !== undefined) disputed.add(stream);
    const name = stream === undefined ? disagreement.surface : `stream ${stream}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [disagreement]);
    else group.push(disagreement);
  }
  for (const group of groups.values()) {
    findings.at(group[0].rank, DISAGREEING);
    findings.add(() => describe(file, group));
  }
  for (const { surface, reader, row, place } of file.storage.garbage) {
    findings.at(place, GARBAGE);
    findings.add(() => ({
      summary: `A scan of all ${surface} after the load returned a malformed ${NOUNS[surface]} to ${readerName(reader)}: ${shownRow(row)}.`,
      ...streamIn(surface, row),
      services: typeof reader === 'number' ? [reader] : [],
      lanes: [],
    }));
  }
  for (const { id, surface, rank } of file.storage.repeated) {
    findings.at(rank, REPEATED);
    findings.add(() => ({
      summary: `A scan of all ${surface} after the load returned "${shortId(id)}" more than once.`,
      services: [],
      lanes: [],
    }));
  }
  return disputed;
}

function streamOf(file: CaseFile, { surface, id, stream }: Disagreement): string | undefined {
  return surface === 'idempotency' ? file.tokens.get(id)?.requests[0]?.key : stream;
}

function describe(file: CaseFile, group: Group): Finding {
  const shown = group.find(differsInState) ?? group.find(isMissingEffect) ?? group[0];
  const stream = streamOf(file, shown);
  const about = stream === undefined ? shown.surface : `stream "${stream}"`;
  const [first, second] = shown.readers.map(readerName);
  const more = group.length === 1 ? '' : `, and ${group.length - 1} more of its records differ`;
  return {
    summary: `Instances disagree about ${about}: ${first} reads ${seen(shown, 0)}, ${second} reads ${seen(shown, 1)}${more}.`,
    ...defined({ stream }),
    services: distinct(shown.readers.filter((reader) => typeof reader === 'number')),
    lanes: [],
  };
}

function streamIn(surface: Disagreement['surface'], row: unknown): { readonly stream?: string } {
  const { id, streamId } = (row ?? {}) as { readonly id?: unknown; readonly streamId?: unknown };
  const stream = surface === 'streams' ? id : surface === 'activity' ? streamId : undefined;
  return typeof stream === 'string' ? { stream } : {};
}

/** Characters of a row that a summary shows. */
const SHOWN_ROW = 120;

function shownRow(row: unknown): string {
  const text = JSON.stringify(row) ?? 'undefined';
  return text.length <= SHOWN_ROW ? text : `${text.slice(0, SHOWN_ROW - 1)}…`;
}

function readerName(reader: Reader): string {
  if (typeof reader === 'number') return `service ${reader}`;
  return reader === 'fresh' ? 'a new process' : `the ${reader} side`;
}

const NOUNS: Readonly<Record<Disagreement['surface'], string>> = {
  streams: 'stream',
  activity: 'event',
  idempotency: 'replay record',
  exports: 'export',
  exportAudit: 'export audit record',
};

/** Whether one reader lacks something that an effect wrote. */
function isMissingEffect({ seen: values }: Disagreement): boolean {
  const row = values.find((value) => value !== undefined) as { readonly type?: unknown } | undefined;
  return values.includes(undefined) && row?.type !== PAYOUT_SENT;
}

/** Whether the two readers see different states of the stream itself, which is the most useful difference. */
function differsInState({ surface, seen: [one, other] }: Disagreement): boolean {
  if (surface !== 'streams' || one === undefined || other === undefined) return false;
  return stateShown(one) !== stateShown(other);
}

function stateShown(row: unknown): string {
  return describeState(stateOf(row as StreamRecord));
}

function seen(disagreement: Disagreement, index: 0 | 1): string {
  const { surface, id, seen: values } = disagreement;
  const value = values[index];
  const name = `${NOUNS[surface]} "${id}"`;
  if (value === undefined) return `no ${name}`;
  if (values[1 - index] === undefined) return name;
  if (differsInState(disagreement)) return stateShown(value);
  return `${name} with ${differingField(value, values[1 - index])}`;
}

function differingField(value: unknown, other: unknown): string {
  const [mine, theirs] = [value, other] as readonly Readonly<Record<string, unknown>>[];
  const fields = Object.keys({ ...theirs, ...mine });
  const field = fields.find((name) => !sameJson(mine?.[name], theirs?.[name])) ?? '';
  return `${field} ${shownRow(mine?.[field])}`;
}

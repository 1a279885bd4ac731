/** Records that only the new side shows, and every read that shows them: they tell which side is read. */
import type { NewStream } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { auditOf, eventOf, jobOf } from '../../harness/cases/records.ts';
import type { Scope, Subject } from '../../harness/engine/property.ts';
import { EVERYTHING, EXACT, onSide } from './moving.ts';

/** A text that only the new side shows. */
const MARK = 'on the new side alone';

/** The first record that nobody spoils. */
export function tiedStream(scope: Scope): NewStream {
  return streamOf(scope.id('tied-1'), { createdAt: EXACT });
}

/** The id of the event that the new side alone has. */
export function markedEvent(scope: Scope): string {
  return scope.id('marked-event');
}

export interface Marked {
  /** Makes the new side show what the old side does not. It is called there. */
  readonly mark: CallStep;
  readonly read: CallStep;
  readonly isMarked: (value: unknown) => boolean;
}

/** Marks of every kind that is read outside sections. Tokens are left out, because they are read on the old side. */
export function marksOf(scope: Scope, { surfaces }: Subject): Marked[] {
  const user = scope.id('marked-user');
  const event = markedEvent(scope);
  const job = scope.id('marked-job');
  const audit = scope.id('marked-audit');
  const marked = (mark: CallStep, reads: readonly CallStep[]): Marked[] =>
    reads.map((read) => ({ mark, read, isMarked: (value) => JSON.stringify(value ?? null).includes(MARK) }));
  const all = { limit: EVERYTHING };
  return [
    ...marked(direct('streams.put', { ...tiedStream(scope), nextAction: MARK }), [
      direct('streams.get', tiedStream(scope).id),
      direct('streams.list', all),
      direct('streams.scan', all),
    ]),
    ...(surfaces.includes('users')
      ? marked(direct('users.put', { walletAddress: user, displayName: MARK }), [
          direct('users.get', user),
          direct('users.scan', all),
        ])
      : []),
    ...(surfaces.includes('activity')
      ? marked(direct('activity.append', eventOf(event, { streamId: event, description: MARK })), [
          direct('activity.list', { streamId: event, limit: 5 }),
          direct('activity.scan', all),
        ])
      : []),
    ...(surfaces.includes('exports')
      ? [
          ...marked(direct('jobs.create', jobOf(job, job, { fileName: MARK })), [
            direct('jobs.get', job),
            direct('jobs.list', { ownerId: job, limit: 5 }),
            direct('jobs.scan', all),
          ]),
          ...marked(direct('audit.append', auditOf(audit, audit, { details: MARK })), [
            direct('audit.list', { exportId: audit, limit: 5 }),
            direct('audit.scan', all),
          ]),
        ]
      : []),
  ];
}

/** Marks the new side, and reads. The sides differ from then on. */
export function markedReads(scope: Scope, subject: Subject): CallStep[] {
  const all = marksOf(scope, subject);
  const marks = new Set(all.map(({ mark }) => mark));
  return [...[...marks].map((mark) => onSide('new', mark)), ...all.map(({ read }) => read)];
}

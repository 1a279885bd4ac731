import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { valueOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/property.ts';
import { eventOf, jobOf, auditOf, replayOf } from '../../harness/records.ts';
import { refusedWith, throughView } from '../../harness/refusals.ts';
import { literal } from '../../harness/same.ts';
import { pageIn } from '../../harness/pages.ts';
import { sample, type Sample } from '../../harness/texts.ts';

/** One place for a text: how it is written, and how it is read back. */
interface Place {
  readonly what: string;
  readonly surface: Subject['surfaces'][number];
  /** Whether the record must be there before, because it is replaced. */
  readonly replaces?: boolean;
  write(text: string, id: string): CallStep;
  read(text: string, id: string): CallStep;
  /** The text in what the read returned. */
  find(value: unknown): unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const ofStream = (field: string): Place => ({
  what: `${field} of a stream`,
  surface: 'streams',
  write: (text, id) => direct('streams.create', { ...streamOf(id), [field]: text }),
  read: (_text, id) => direct('streams.get', id),
  find: (value) => (value as Fields | undefined)?.[field],
});

const firstOf = (value: unknown): Fields | undefined => pageIn(value).items[0] as Fields | undefined;

const PLACES: readonly Place[] = [
  ...['recipient', 'schedule', 'token', 'nextAction', 'settlementTxHash', 'further', 'withdrawal'].map(
    ofStream,
  ),
  {
    ...ofStream('schedule'),
    what: 'schedule of a stream, put',
    replaces: true,
    write: (text, id) => direct('streams.put', { ...streamOf(id), schedule: text }),
  },
  {
    ...ofStream('withdrawal'),
    what: 'a text inside withdrawal',
    write: (text, id) => direct('streams.create', { ...streamOf(id), withdrawal: { parts: [text] } }),
    find: (value) =>
      (value as { readonly withdrawal?: { readonly parts?: readonly unknown[] } } | undefined)?.withdrawal
        ?.parts?.[0],
  },
  {
    ...ofStream('further'),
    what: 'the name of a field inside a further field',
    write: (text, id) => direct('streams.create', { ...streamOf(id), further: { [text]: 1 } }),
    find: (value) => Object.keys((value as Fields | undefined)?.['further'] ?? {})[0],
  },
  {
    what: 'the id of a stream',
    surface: 'streams',
    write: (text, id) => direct('streams.create', streamOf(id + text)),
    read: (text, id) => direct('streams.get', id + text),
    find: (value) => (value as Fields | undefined)?.['id'],
  },
  ...['displayName', 'email'].map((field): Place => ({
    what: `${field} of a user`,
    surface: 'users',
    write: (text, id) => direct('users.put', { walletAddress: id, [field]: text }),
    read: (_text, id) => direct('users.get', id),
    find: (value) => (value as Fields | undefined)?.[field],
  })),
  {
    what: 'the description of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, description: text })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['description'],
  },
  {
    what: 'the details of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, details: { text } })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => (firstOf(value)?.['details'] as Fields | undefined)?.['text'],
  },
  {
    what: 'the body of a replay record',
    surface: 'idempotency',
    write: (text, id) => direct('idempotency.insert', replayOf(`settle:${id}`, { body: text })),
    read: (_text, id) => direct('idempotency.get', `settle:${id}`),
    find: (value) => (value as Fields | undefined)?.['body'],
  },
  {
    what: 'the file name of an export job',
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id, id, { fileName: text })),
    read: (_text, id) => direct('jobs.get', id),
    find: (value) => (value as Fields | undefined)?.['fileName'],
  },
  {
    what: 'the details of an audit record',
    surface: 'exports',
    write: (text, id) => direct('audit.append', auditOf(id, id, { details: [text] })),
    read: (_text, id) => direct('audit.list', { exportId: id, limit: 1 }),
    find: (value) => (firstOf(value)?.['details'] as readonly unknown[] | undefined)?.[0],
  },
];

interface Case extends Sample {
  /** What of PLACES. */
  readonly place: string;
  readonly inSection: boolean;
}

/** A text is stored in some field, and either comes back unit by unit, or was refused and nothing is there. */
export const STREAM_08: AnyProperty = property<Case>({
  clause: 'STREAM-08',
  schedules: 'free',
  arbitrary: ({ surfaces }) => {
    const places = PLACES.filter(({ surface }) => surfaces.includes(surface)).map(({ what }) => what);
    return fc
      .tuple(sample, fc.constantFrom(...places), fc.boolean())
      .map(([one, place, inSection]) => ({ ...one, place, inSection }));
  },
  trial: (input, scope, subject) => {
    const place = placeOf(input);
    const id = scope.id('r1');
    const setup = place.replaces === true ? [direct('streams.create', streamOf(id))] : [];
    return { setup, actors: [{ instance: 0, steps: stepsOf(input, scope, subject) }] };
  },
  judge: replaced,
});

function placeOf({ place }: Case): Place {
  return PLACES.find(({ what }) => what === place) as Place;
}

function stepsOf(input: Case, scope: Scope, { surfaces }: Subject): Step[] {
  const place = placeOf(input);
  const id = scope.id('r1');
  const write = throughView(place.write(input.text, id), id, input.inSection && surfaces.includes('locks'));
  return [...write, place.read(input.text, id)];
}

function replaced({ input, main, trial, scope }: TrialRun<Case>): Failure | undefined {
  const place = placeOf(input);
  const last = (trial.actors[0]?.steps.length ?? 0) - 1;
  const code = refusedWith(main.records.filter(({ step }) => step < last));
  const read = main.records.find(({ step }) => step === last);
  const found = read === undefined ? undefined : place.find(valueOf(read));
  const about = `${input.what} (${literal(input.text)}) as ${place.what}`;
  const marked = main.records;
  if (code === undefined) {
    const expected = place.what === 'the id of a stream' ? scope.id('r1') + input.text : input.text;
    if (found === expected) return undefined;
    return {
      summary: `Storing ${about} succeeded, and it came back changed.`,
      expected: literal(expected),
      actual: came(read, found),
      marked,
    };
  }
  if (code !== 'INVALID_RECORD') {
    return {
      summary: `Storing ${about} failed with another error than a refusal.`,
      expected: 'it comes back exactly, or INVALID_RECORD',
      actual: code,
      marked,
    };
  }
  const before = place.replaces === true ? 'monthly' : undefined;
  if (found === before) return undefined;
  return {
    summary: `Storing ${about} was refused, and yet something is stored.`,
    expected: literal(before),
    actual: literal(found),
    marked,
  };
}

function came(read: TrialRun<Case>['main']['records'][number] | undefined, found: unknown): string {
  if (read?.outcome.status !== 'error') return literal(found);
  return `reading it failed: ${read.outcome.error.code ?? read.outcome.error.name}`;
}

import fc from 'fast-check';
import type { CallStep, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { valueOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
} from '../../harness/property.ts';
import { auditOf, eventOf, jobOf, READY_PATCH, replayOf } from '../../harness/records.ts';
import { refusedWith, throughView } from '../../harness/refusals.ts';
import { literal } from '../../harness/same.ts';
import { pageIn } from '../../harness/pages.ts';
import { byGroup } from '../../harness/plan.ts';
import { sample, SAMPLES, type Sample } from '../../harness/texts.ts';

/** One place for a text: how it is written, and how it is read back. */
interface Place {
  readonly what: string;
  readonly surface: Subject['surfaces'][number];
  /** What must be there before. Default: nothing. */
  before?(id: string): CallStep[];
  /** The text that is there before. Default: none. */
  readonly replaced?: string;
  /** Whether the text is the end of the record's id. */
  readonly isId?: boolean;
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
    before: (id) => [direct('streams.create', streamOf(id))],
    replaced: streamOf('').schedule,
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
    isId: true,
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
    what: 'the wallet address of a user',
    isId: true,
    surface: 'users',
    write: (text, id) => direct('users.put', { walletAddress: id + text }),
    read: (text, id) => direct('users.get', id + text),
    find: (value) => (value as Fields | undefined)?.['walletAddress'],
  },
  {
    what: 'the id of an event',
    isId: true,
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id + text, { streamId: id })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['id'],
  },
  {
    what: 'the type of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, type: text })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['type'],
  },
  {
    what: 'the stream of an event',
    isId: true,
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id + text })),
    read: (text, id) => direct('activity.list', { streamId: id + text, limit: 1 }),
    find: (value) => firstOf(value)?.['streamId'],
  },
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
    what: 'the id of an export job',
    isId: true,
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id + text, id)),
    read: (text, id) => direct('jobs.get', id + text),
    find: (value) => (value as Fields | undefined)?.['id'],
  },
  {
    what: 'the owner of an export job',
    isId: true,
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id, id + text)),
    read: (text, id) => direct('jobs.list', { ownerId: id + text, limit: 1 }),
    find: (value) => firstOf(value)?.['ownerId'],
  },
  {
    what: 'the URL of an export job',
    surface: 'exports',
    before: (id) => [
      direct('jobs.create', jobOf(id, id)),
      direct('jobs.transition', id, ['pending'], 'processing', {}),
    ],
    write: (text, id) =>
      direct('jobs.transition', id, ['processing'], 'ready', { ...READY_PATCH, signedUrl: text }),
    read: (_text, id) => direct('jobs.get', id),
    find: (value) => (value as Fields | undefined)?.['signedUrl'],
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

interface Try {
  readonly sample: Sample;
  /** What of PLACES. */
  readonly place: string;
  readonly inSection: boolean;
}

type Case = readonly Try[];

/** Texts are stored in some fields, and each either comes back unit by unit, or was refused and nothing is there. */
export const STREAM_08: AnyProperty = property<Case>({
  clause: 'STREAM-08',
  schedules: 'free',
  arbitrary: (subject) => {
    const place = fc.constantFrom(...placesOf(subject));
    const one = fc.record({ sample, place, inSection: fc.boolean() });
    return fc.array(one, { minLength: 1, maxLength: SAMPLES.length, size: 'max' });
  },
  // Every text in every place.
  examples: (subject) =>
    placesOf(subject).map((place, turn) =>
      SAMPLES.map((sample, index): Try => ({ sample, place, inSection: (turn + index) % 2 === 0 })),
    ),
  trial: (input, scope, subject) => ({
    setup: input.flatMap((one, index) => placeOf(one).before?.(idOf(index, scope)) ?? []),
    actors: [{ instance: 0, steps: stepsOf(input, scope, subject).flat() }],
  }),
  judge: ({ input, main, scope, subject }) => {
    const groups = byGroup(stepsOf(input, scope, subject), main.records);
    for (const [index, one] of input.entries()) {
      const failure = replaced(one, idOf(index, scope), groups[index] ?? []);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
});

function placesOf({ surfaces }: Subject): string[] {
  return PLACES.filter(({ surface }) => surfaces.includes(surface)).map(({ what }) => what);
}

function placeOf({ place }: Try): Place {
  return PLACES.find(({ what }) => what === place) as Place;
}

function idOf(index: number, scope: Scope): string {
  return scope.id(`r${index + 1}`);
}

/** Each try's write, and the read behind it. */
function stepsOf(input: Case, scope: Scope, { surfaces }: Subject): Step[][] {
  return input.map((one, index) => {
    const place = placeOf(one);
    const id = idOf(index, scope);
    const { text } = one.sample;
    const write = throughView(place.write(text, id), id, one.inSection && surfaces.includes('locks'));
    return [...write, place.read(text, id)];
  });
}

function replaced(one: Try, id: string, records: readonly StepRecord[]): Failure | undefined {
  const place = placeOf(one);
  const inOrder = [...records].sort((a, b) => a.step - b.step);
  const read = inOrder.at(-1);
  const code = refusedWith(inOrder.slice(0, -1));
  const found = read === undefined ? undefined : place.find(valueOf(read));
  const { text, what } = one.sample;
  const about = `${what} (${literal(text)}) as ${place.what}`;
  if (code === undefined) {
    const expected = place.isId === true ? id + text : text;
    if (found === expected) return undefined;
    return {
      summary: `Storing ${about} succeeded, and it came back changed.`,
      expected: literal(expected),
      actual: came(read, found),
      marked: records,
    };
  }
  if (code !== 'INVALID_RECORD') {
    return {
      summary: `Storing ${about} failed with another error than a refusal.`,
      expected: 'it comes back exactly, or INVALID_RECORD',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: records,
    };
  }
  if (found === place.replaced) return undefined;
  return {
    summary: `Storing ${about} was refused, and yet something is stored.`,
    expected: literal(place.replaced),
    actual: literal(found),
    marked: records,
  };
}

function came(read: StepRecord | undefined, found: unknown): string {
  if (read?.outcome.status !== 'error') return literal(found);
  return `reading it failed: ${read.outcome.error.code ?? read.outcome.error.name}`;
}

import fc from 'fast-check';
import type { IdempotencyRecord, StreamRecord } from '../../../adapters/contract/index.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { codePoint, direct, enter, leave, saved, streamOf, view } from '../../harness/cases/generate.ts';
import { finaleValue } from '../../harness/judging/observe.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import { property, type AnyProperty, type Subject } from '../../harness/engine/property.ts';
import { replayOf } from '../../harness/cases/records.ts';
import { TEXT_SIZES } from '../../harness/vocabulary/limits.ts';
import { literal } from '../../harness/judging/same.ts';

interface Case {
  readonly body: string;
  readonly section: boolean;
}

const NUL = '\0';
const HIGH = '\ud83d';
const LOW = '\ude00';

const body = fc.oneof(
  fc.constantFrom(`{"a":"${NUL}"}`, NUL, HIGH, `${LOW}${HIGH}`, `{"name":"${HIGH}"}`),
  fc.string({ unit: codePoint, maxLength: 20 }).map((text) => text + NUL),
  fc.integer({ min: 1, max: 4 }).map((size) => 'x'.repeat(size * 65_536)),
);

function canBeInSection(subject: Subject): boolean {
  return locksStreams(subject) && subject.capabilities.atomic;
}

/**
 * A section stores a body that many storages cannot hold, together with an effect. Either the body is read back
 * exactly, or it is refused, and then neither the record nor the effect may be there.
 */
export const IDEM_07: AnyProperty = property<Case>({
  clause: 'IDEM-07',
  arbitrary: (subject) =>
    fc.record({ body, section: canBeInSection(subject) ? fc.boolean() : fc.constant(false) }),
  examples: (subject) =>
    TEXT_SIZES.flatMap((size) =>
      [false, ...(canBeInSection(subject) ? [true] : [])].map((section) => ({
        body: 'x'.repeat(size),
        section,
      })),
    ),
  situations: () =>
    TEXT_SIZES.map((size) => ({
      name: `a body of ${size} bytes`,
      occurred: ({ input, main }) => input.body.length === size && main.records.length > 0,
    })),
  trial: ({ body, section }, scope, { surfaces }) => {
    const stream = scope.id('s1');
    const token = `settle:${scope.asIs('k1')}`;
    const store = replayOf(token, { body });
    const inSection: Step[] = [
      enter(stream),
      saved('read', view('streams.get', stream)),
      view('streams.put', { $saved: 'read', add: { revision: 1 } }),
      view('idempotency.insert', store),
      leave,
    ];
    const streams = surfaces.includes('streams');
    return {
      setup: streams ? [direct('streams.create', streamOf(stream))] : [],
      actors: [{ instance: 0, steps: section ? inSection : [direct('idempotency.insert', store)] }],
      finale: [direct('idempotency.get', token), ...(streams ? [direct('streams.get', stream)] : [])],
    };
  },
  judge: (run) => {
    const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
    const revision = (finaleValue(run, 1) as StreamRecord | undefined)?.revision ?? 0;
    const failed = run.main.records.some((record) => record.outcome.status === 'error');
    const held = stored?.body === run.input.body && !failed && (!run.input.section || revision === 1);
    const refused = stored === undefined && failed && revision === 0;
    if (held || refused) return undefined;
    return {
      summary: `A body that is hard to store was ${stored === undefined ? 'lost' : 'changed'}${revision > 0 && stored === undefined ? ' after its effect had happened: the next request would happen again' : ''}.`,
      expected: `the body exactly, or an error with no record and no effect; body ${literal(run.input.body)}`,
      actual: `${failed ? 'an error' : 'no error'}, record ${stored === undefined ? 'absent' : literal(stored.body)}, stream at revision ${revision}`,
      marked: run.main.records.filter((record) => record.outcome.status === 'error'),
    };
  },
});

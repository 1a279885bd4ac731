/**
 * Programs of one section: every read of a store must show what the section has written, and calls that the callback
 * makes at the same time must all belong to the section.
 */
import type { Page } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { LOOKED_AT, stateShown, STORES, type Change, type StoreName } from '../../harness/cases/looks.ts';
import { planned, unexpectedError, type Planned } from '../../harness/cases/plan.ts';
import { isRetryable } from '../../harness/cases/refusals.ts';
import { leaveTrace, readTrace, RECORD_KINDS, SURFACE_OF } from '../../harness/cases/traces.ts';
import type { Failure, Scope } from '../../harness/engine/property.ts';
import { answeredOtherwise } from '../../harness/judging/answered.ts';
import { codeOf, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { answers, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

const throughView = (call: CallStep): CallStep => ({ ...call, via: 'view' });

/** Every read of the store must show this state, or continue on a later page. */
function looksShow(store: StoreName, state: number | undefined, scope: Scope): Planned[] {
  const what = state === undefined ? 'it was removed in the section' : 'the section has written it';
  return (['get', 'list', 'scan'] as const).flatMap((look) => {
    const call = LOOKED_AT[store].looks[look]?.(scope);
    // The tokens of a section cannot be listed.
    if (call === undefined || call.method === 'idempotency.scan') return [];
    const shows = answers(state, what, (value) => stateShown(store, value, scope));
    return planned(throughView(call), (record, before) =>
      look !== 'get' && pageIn(valueOf(record)).nextCursor !== undefined ? undefined : shows(record, before),
    );
  });
}

/** How a record of the store is created in the section, and how it is changed there. */
const CHANGES: Readonly<Record<StoreName, readonly Change[]>> = {
  streams: ['create', 'put', 'delete'],
  users: ['put', 'put'],
  activity: ['create', 'create'],
  idempotency: ['create'],
  jobs: ['create', 'put', 'delete'],
  audit: ['create', 'create'],
};

const OWN_WRITES: readonly ListedProgram[] = STORES.map((store): ListedProgram => {
  const { noun, surface } = LOOKED_AT[store];
  return {
    what: `a section that reads ${noun} after each of its writes to it`,
    needs: [surface],
    plan: (scope) => [
      planned(enter(scope.id('s1'))),
      ...CHANGES[store].flatMap((kind, index) => [
        planned(throughView(LOOKED_AT[store].change(kind, scope, index + 1))),
        ...looksShow(store, kind === 'delete' ? undefined : index + 1, scope),
      ]),
      planned(leave),
    ],
  };
});

/** Checks what each kind of write returns in a section. The storage may set times. */
const ANSWERED: readonly ListedProgram[] = RECORD_KINDS.map((kind): ListedProgram => ({
  what: `a section whose write of this kind is compared with what is stored: ${kind}`,
  needs: [SURFACE_OF[kind]],
  plan: (scope) => {
    const trace = { kind, id: scope.id('t1') };
    const write = leaveTrace(trace);
    let answer: StepRecord | undefined;
    return [
      planned(enter(scope.id('s1'))),
      planned(write, (record) => {
        answer = record;
        return unexpectedError(record);
      }),
      planned(leave),
      planned(readTrace(trace), (record) => {
        const value = valueOf(record);
        const [stored] = isPage(value) ? value.items : [value];
        return answer === undefined ? undefined : answeredOtherwise(write.method, answer, stored);
      }),
    ];
  },
}));

function isPage(value: unknown): value is Page<unknown> {
  return typeof value === 'object' && value !== null && 'items' in value;
}

/** More than one, but fewer than exhaust a resource of the storage. */
const AT_ONCE = 4;

/**
 * A call at the same time as others may be refused for the moment, and the section with it. If the section commits,
 * all acknowledged writes must be stored.
 */
const atOnce: ListedProgram = {
  what: 'a section that makes several calls at the same time',
  plan: (scope) => {
    const own = scope.id('s1');
    const ids = Array.from({ length: AT_ONCE }, (_, index) => scope.id(`n${index + 1}`));
    const calls: readonly CallStep[] = [
      ...ids.map((id) => view('streams.create', streamOf(id))),
      view('streams.put', streamOf(own, { revision: 1 })),
      view('streams.get', own),
    ];
    let isRefused = false;
    const forTheMoment: NonNullable<Planned['check']> = (record) => {
      const code = codeOf(record);
      isRefused ||= code !== undefined;
      return code === undefined || isRetryable(code) ? undefined : refused(code);
    };
    const shown = answers(true, 'its section has committed', (value) => value !== undefined);
    const read = (id: string): Planned =>
      planned(direct('streams.get', id), (record, before) => (isRefused ? undefined : shown(record, before)));
    return [
      planned(direct('streams.create', streamOf(own))),
      planned(enter(own)),
      ...calls.map((call, index) => planned({ do: 'spawn', as: `call ${index + 1}`, call })),
      ...calls.map((_, index) => planned({ do: 'join', spawned: `call ${index + 1}` }, forTheMoment)),
      planned(leave, forTheMoment),
      ...ids.map(read),
    ];
  },
};

function refused(code: string): Failure {
  return {
    summary: `One of several calls that a callback made at the same time failed with ${code}.`,
    expected:
      'an answer, as if the calls had been made one after the other, or a code that asks to try again',
    actual: code,
  };
}

export const READS_INSIDE: readonly ListedProgram[] = [...OWN_WRITES, ...ANSWERED, atOnce];

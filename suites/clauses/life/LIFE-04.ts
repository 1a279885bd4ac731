import fc from 'fast-check';
import { runProgram, type Host, type OpenedInstance } from '../../../scenarios/host/index.ts';
import { hasCode } from '../../../scenarios/lockstepError.ts';
import type { ProgramHistory } from '../../../scenarios/host/language/history.ts';
import type { Actor, Program, Step } from '../../../scenarios/host/language/program.ts';
import { enter, leave } from '../../harness/cases/generate.ts';
import { codeOf, valueOf } from '../../harness/judging/observe.ts';
import { customProperty, type AnyProperty, type Failure, type Tools } from '../../harness/engine/property.ts';
import {
  leaveTrace,
  readTrace,
  showsTrace,
  recordKindsOf,
  type Trace,
  type TraceKind,
} from '../../harness/cases/traces.ts';

interface Case {
  /** How many instances are opened at once: one in each process first, then more in the same processes. */
  readonly opens: number;
  /** How many more are opened once the first ones work. */
  readonly later: number;
  /** What each instance stores. Undefined for an adapter without records. */
  readonly kind: TraceKind | undefined;
}

const PATIENCE_MS = 5_000;

/**
 * Several instances are opened at once on a new namespace, across processes if they share one. All of them must open
 * and work, and each must see what the others have stored.
 */
export const LIFE_04: AnyProperty = customProperty<Case>({
  clause: 'LIFE-04',
  slow: 6,
  // Each run creates and removes a namespace, with all its tables if the storage has some.
  share: 0.4,
  arbitrary: ({ surfaces }) => {
    const kinds = recordKindsOf(surfaces);
    return fc.record({
      opens: fc.constantFrom(2, 2, 2, 3),
      later: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1),
      kind: kinds.length === 0 ? fc.constant(undefined) : fc.constantFrom(...kinds),
    });
  },
  async execute({ opens, later, kind }, tools) {
    const count = tools.subject.capabilities.crossInstance
      ? Math.max(1, Math.min(opens, tools.processes))
      : 1;
    const loan = await tools.lend(count);
    const namespace = tools.freshNamespace();
    const instances: OpenedInstance[] = [];
    try {
      for (const wave of later === 0 ? [opens] : [opens, later]) {
        const failure = await openAll(wave, loan.hosts, namespace, tools, instances);
        if (failure !== undefined) return failure;
      }
      return await use(instances, kind, tools);
    } finally {
      for (const { host, id } of instances) if (host.alive) await host.closeInstance(id);
      await tools.destroy(namespace);
      await loan.release();
    }
  },
});

/** Opens `count` instances at once and adds them to `instances`. */
async function openAll(
  count: number,
  hosts: readonly Host[],
  namespace: string,
  { connection }: Tools,
  instances: OpenedInstance[],
): Promise<Failure | undefined> {
  const before = instances.length;
  const openings = Array.from({ length: count }, async (_, index) => {
    const host = hosts[index % hosts.length] as Host;
    instances.push(await host.open({ connection, namespace, instance: before + index + 1 }));
  });
  const refused = (await Promise.allSettled(openings)).find((result) => result.status === 'rejected');
  if (refused === undefined) return undefined;
  if (!hasCode(refused.reason, 'TARGET_FAILED')) throw refused.reason;
  return {
    summary: `Of ${count} instances that were opened at once on a new namespace, ${count - (instances.length - before)} failed to open.`,
    expected: 'all of them open, whichever of them first creates what the namespace needs',
    actual: refused.reason.message,
  };
}

/** Every instance enters a section and stores a record. Then every instance reads all records. */
async function use(
  instances: readonly OpenedInstance[],
  kind: TraceKind | undefined,
  { subject, scope }: Tools,
): Promise<Failure | undefined> {
  const traces =
    kind === undefined ? [] : instances.map((_, index): Trace => ({ kind, id: scope.id(`own-${index}`) }));
  const section = subject.surfaces.includes('locks') ? [enter(scope.id('s1')), leave] : [];
  const writing = actorsOf(instances, (index) => [
    ...section,
    ...traces.slice(index, index + 1).map(leaveTrace),
  ]);
  const failure = notWorking(await runProgram(instances, writing, { mode: 'free' }));
  if (failure !== undefined || traces.length === 0) return failure;
  const read = await runProgram(
    instances,
    actorsOf(instances, () => traces.map(readTrace)),
    { mode: 'free' },
  );
  return notWorking(read) ?? missing(read, traces);
}

function actorsOf(instances: readonly OpenedInstance[], steps: (index: number) => Step[]): Program {
  const actors = instances.map((_, instance): Actor => ({ instance, steps: steps(instance) }));
  return { actors, patienceMs: PATIENCE_MS };
}

function notWorking({ records, stuck, lost }: ProgramHistory): Failure | undefined {
  const failed = records.find((record) => codeOf(record) !== undefined);
  if (failed === undefined && stuck.length === 0 && lost.length === 0) return undefined;
  const error = failed?.outcome.status === 'error' ? failed.outcome.error : undefined;
  return {
    summary: 'An instance that was opened together with others on a new namespace did not work.',
    expected: 'every instance that has been opened works',
    actual:
      error === undefined
        ? `${stuck.length} calls never returned`
        : `${error.code ?? error.name}: ${error.message}`,
    ...(failed === undefined ? {} : { marked: [failed] }),
  };
}

function missing({ records }: ProgramHistory, traces: readonly Trace[]): Failure | undefined {
  for (const record of records) {
    const trace = traces[record.step];
    if (trace === undefined || showsTrace(trace, valueOf(record))) continue;
    return {
      summary: `Instance ${record.instance + 1} of those opened at once does not see the ${trace.kind} record that another one has stored.`,
      expected: 'instances on one namespace share its records',
      actual: 'the record does not exist for it',
      marked: [record],
    };
  }
  return undefined;
}

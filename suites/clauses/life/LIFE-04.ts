import fc from 'fast-check';
import { runProgram, TargetFailure, type Host, type OpenedInstance } from '../../../scenarios/host/index.ts';
import type { Actor, Program, ProgramHistory, Step } from '../../../scenarios/host/program.ts';
import { enter, leave } from '../../harness/generate.ts';
import { codeOf, valueOf } from '../../harness/observe.ts';
import { customProperty, type AnyProperty, type Failure, type Tools } from '../../harness/property.ts';
import { leaveTrace, readTrace, showsTrace, traceKindsOf, type Trace } from '../../harness/traces.ts';

interface Case {
  /** How many instances are opened at once: in as many processes as there are, then in the same ones again. */
  readonly opens: number;
  /** How many more are opened once those work. */
  readonly later: number;
}

const PATIENCE_MS = 5_000;

/**
 * Several instances are opened at once on a namespace that nobody has opened before, across processes where they share
 * one. All of them open and work, and what one has stored the others see.
 */
export const LIFE_04: AnyProperty = customProperty<Case>({
  clause: 'LIFE-04',
  arbitrary: () =>
    fc.record({ opens: fc.integer({ min: 2, max: 4 }), later: fc.integer({ min: 0, max: 1 }) }),
  async execute({ opens, later }, tools) {
    const count = tools.subject.capabilities.crossInstance
      ? Math.max(1, Math.min(opens, tools.processes))
      : 1;
    const lease = await tools.lease(count);
    const namespace = tools.freshNamespace();
    const instances: OpenedInstance[] = [];
    try {
      for (const wave of later === 0 ? [opens] : [opens, later]) {
        const failure = await openAll(wave, lease.hosts, namespace, tools, instances);
        if (failure !== undefined) return failure;
      }
      return await use(instances, tools);
    } finally {
      for (const { host, id } of instances) if (host.alive) await host.closeInstance(id);
      await tools.destroy(namespace);
      await lease.release();
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
  if (!(refused.reason instanceof TargetFailure)) throw refused.reason;
  return {
    summary: `Of ${count} instances that were opened at once on a new namespace, ${count - (instances.length - before)} failed to open.`,
    expected: 'all of them open, whoever is first to make what the namespace needs',
    actual: refused.reason.message,
  };
}

/** Every instance stores one record of each kind and enters a section; then every instance reads them all. */
async function use(
  instances: readonly OpenedInstance[],
  { subject, scope }: Tools,
): Promise<Failure | undefined> {
  const kinds = traceKindsOf(subject.surfaces);
  const traces = instances.map((_, index): Trace[] =>
    kinds.map((kind) => ({ kind, id: scope.id(`${kind}-${index}`) })),
  );
  const section = subject.surfaces.includes('locks') ? [enter(scope.id('s1')), leave] : [];
  const writing = actorsOf(instances, (index) => [...section, ...(traces[index] ?? []).map(leaveTrace)]);
  const written = await runProgram(instances, writing, { mode: 'free' });
  const failure = notWorking(written);
  if (failure !== undefined) return failure;
  const all = traces.flat();
  const read = await runProgram(
    instances,
    actorsOf(instances, () => all.map(readTrace)),
    { mode: 'free' },
  );
  return notWorking(read) ?? missing(read, all);
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
    summary: 'An instance that was opened beside others on a new namespace did not work.',
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
      actual: 'the record is not there',
      marked: [record],
    };
  }
  return undefined;
}

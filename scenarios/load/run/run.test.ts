/**
 * What this alone proves: a load that is run for real leaves evidence of everything that it did, whatever becomes of its
 * processes.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetReference } from '../../host/index.ts';
import { mixOf, type PlannedRequest } from '../mixes/index.ts';
import { readEvidence } from '../../evidence/readEvidence.ts';
import { runLoad, type LoadOutcome } from './run.ts';
import type { LoadOptions } from './options.ts';
import { streamId } from './streams.ts';
import { summarizeLoad } from '../measuring/summary.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lockstep-load-'));
});
afterEach(() => rmSync(out, { recursive: true }));

/** Compiled, as each of the processes of a load imports it. */
function fixture(name: string): TargetReference {
  return {
    spec: name,
    url: new URL(`../../../dist/scenarios/load/testing/${name}.js`, import.meta.url).href,
  };
}

function load(changes: Partial<LoadOptions>): Promise<LoadOutcome> {
  return runLoad({
    target: fixture('mapTarget'),
    pg: 'embedded',
    mix: 'uniform',
    services: 1,
    drivers: 1,
    connections: 4,
    operations: 200,
    seed: 11,
    out,
    ...changes,
  });
}

/** What two drivers send of the duplicate storm's plan, `share` requests each. */
function plannedRequests(share: number): string[] {
  const scale = { seed: 11, workload: 'balance', drivers: 2, services: 1, operations: 2 * share } as const;
  const plan = mixOf('duplicate-storm').plan(scale);
  return [0, 1].flatMap((driver) => {
    const planned: PlannedRequest[] = [];
    for (let index = 0; planned.length < share; index += 1) planned.push(...plan(driver, index));
    return planned.flatMap((request) =>
      request.kind === 'effect'
        ? [`${request.operation} ${streamId(request.stream)} ${request.operation}:${request.key}`]
        : [],
    );
  });
}

describe('a load', () => {
  it('leaves evidence of everything that it did', async () => {
    const outcome = await load({ drivers: 2, mix: 'duplicate-storm', operations: 200 });
    const evidence = await readEvidence(out);
    expect(outcome.interrupted).toBeUndefined();
    expect(outcome.lostServices).toEqual([]);
    expect(evidence.header).toEqual(outcome.header);
    expect(evidence.header).toMatchObject({
      target: { name: 'map' },
      surfaces: ['locks', 'streams', 'activity', 'idempotency', 'exports'],
      workload: 'balance',
      mix: 'duplicate-storm',
      seed: 11,
      services: 1,
      drivers: 2,
    });
    expect(evidence.header.loadTo).toBeGreaterThan(evidence.header.loadFrom);
    expect(evidence.history.map(({ key, f, args }) => `${f} ${key} ${args.token}`).sort()).toEqual(
      plannedRequests(100).sort(),
    );
    expect(evidence.history.every((entry) => entry.outcome !== 'unknown')).toBe(true);
    expect(evidence.history.some((entry) => entry.result?.replayed === true)).toBe(true);
    expect(evidence.history.some((entry) => entry.result?.code === 'CONFLICT')).toBe(true);

    const executed = evidence.journals.flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.type === 'execute' ? [entry.operationId] : [])),
    );
    const claimed = new Set(evidence.history.flatMap((entry) => entry.result?.operationId ?? []));
    expect(executed.sort()).toEqual([...claimed].sort());
    const [audit, ...others] = evidence.audits;
    expect(others).toEqual([]);
    expect(audit?.reader).toBe(1);
    expect(audit?.streams).toHaveLength(evidence.header.seeded.length);
    expect(audit?.idempotency).toHaveLength(executed.length);
    expect(audit?.activity).toHaveLength(2 * executed.length);
    expect(summarizeLoad(evidence).summary.perService).toEqual([
      { service: 1, requests: 200, effects: executed.length },
    ]);
  });

  it.each(['duplicate-storm', 'export-workers'] as const)(
    'makes ids that the adapter takes: %s',
    async (mix) => {
      const url = new URL(
        '../../../dist/adapters/mutants/target.js?variant=uuids-alone&base=memory',
        import.meta.url,
      );
      const outcome = await load({ target: { spec: 'uuids', url: url.href }, mix, operations: 100 });
      expect(outcome.interrupted).toBeUndefined();
      const { header, history, audits } = await readEvidence(out);
      expect(header.ids?.example).toMatch(UUID);
      expect(history.filter(({ result }) => result?.status !== undefined && result.status >= 500)).toEqual(
        [],
      );
      const [audit] = audits;
      const ids = [audit?.streams, audit?.activity, audit?.exports, audit?.exportAudit].flatMap((rows = []) =>
        rows.map(({ id }) => id),
      );
      expect(ids.length).toBeGreaterThan(header.seeded.length);
      expect(ids.filter((id) => !UUID.test(id))).toEqual([]);
    },
  );

  it('asks of an adapter what the mix needs', async () => {
    await expect(load({ mix: 'export-workers' })).rejects.toThrow(
      'The mix export-workers needs the surface exports and the capability exportClaims, which mapTarget lacks.',
    );
  });

  it('ends in order where no intents are kept: there is no activity', async () => {
    const { interrupted } = await load({ target: fixture('noActivityTarget') });
    expect(interrupted).toBeUndefined();
    const { header, audits } = await readEvidence(out);
    expect(header.surfaces).not.toContain('activity');
    expect(audits[0]?.streams?.length).toBeGreaterThan(0);
  });

  it('keeps client numbers and times of different drivers apart and comparable', async () => {
    await load({ drivers: 2, mix: 'scan-while-writing' });
    const { header, history } = await readEvidence(out);
    const clients = new Map<number, number>();
    for (const { client, call, return: returned } of history) {
      expect(call).toBeGreaterThanOrEqual(clients.get(client) ?? header.loadFrom);
      expect(returned).toBeLessThanOrEqual(header.loadTo);
      clients.set(client, returned ?? call);
    }
    expect(clients.size).toBe(4);
    const scans = history.filter((entry) => entry.f === 'scan' && entry.key === 'streams');
    expect(scans.length).toBeGreaterThan(0);
    const seeded = header.seeded.map((stream) => stream.id);
    for (const scan of scans) expect(scan.result?.ids).toEqual(seeded);
  });

  it('sends on schedule in an open loop', async () => {
    const outcome = await load({ rate: 1000, operations: 50, warmupMs: 10 });
    const { header, history } = await readEvidence(out);
    const intended = history.map((entry) => entry.intended ?? 0).sort((a, b) => a - b);
    expect(intended.every((time, index) => index === 0 || time - (intended[index - 1] ?? 0) >= 999_999)).toBe(
      true,
    );
    expect(history.every((entry) => entry.call >= (entry.intended ?? Infinity))).toBe(true);
    expect(header.measured?.loop).toEqual({ kind: 'open', ratePerSecond: 1000, due: 50, neverSent: 0 });
    const { cpu, generator, from } = header.measured ?? {};
    expect(from).toBe(header.loadFrom + 10e6);
    expect(cpu?.services.us).toBeGreaterThan(0);
    expect(cpu?.drivers.us).toBeGreaterThan(0);
    expect(generator?.cpuShare).toBe(outcome.generator.cpuShare);
  });

  it('goes on without a service that ends, and repeats what it left unknown', async () => {
    const outcome = await load({ target: fixture('crashingTarget'), services: 2, operations: 300 });
    const { header, history, journals, audits } = await readEvidence(out);
    expect(outcome.lostServices).toEqual([{ service: 2, how: 'exit status 7' }]);
    expect(outcome.interrupted).toBeUndefined();
    expect(header.environment).toMatchObject({ lostServices: [{ service: 2 }] });
    expect(header.beside).toEqual([
      { where: 'service 2', kind: 'end of the process', text: 'exit status 7' },
    ]);
    expect(outcome.generator.drivers[0]?.lost).toEqual([2]);
    const unknown = history.filter((entry) => entry.outcome === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    for (const { f, args } of unknown) {
      if (f === 'get') continue;
      const settled = history.some((entry) => entry.args.token === args.token && entry.outcome === 'ok');
      expect(settled).toBe(true);
    }
    expect(journals.map((journal) => journal.service)).toEqual([1, 2]);
    expect(audits.map((audit) => audit.reader)).toEqual([1]);
  });

  it('notes what comes beside the calls where no journal is written', async () => {
    await load({ target: fixture('untidyTarget'), operations: 20 });
    const { header, audits } = await readEvidence(out);
    expect(audits.map((audit) => audit.reader)).toEqual([1, 'fresh']);
    // The auditing process opens one instance of its own, and one to read through.
    const closed = { where: 'the auditing process', text: 'TypeError: closed twice' };
    const stopped = { where: 'the process that started the storage', text: 'Error: stopped twice' };
    expect(header.beside).toMatchObject([closed, closed, stopped]);
    expect(header.beside?.every(({ kind, stack }) => kind === 'unhandled rejection' && stack)).toBe(true);
  });

  it('keeps what it has when it is stopped', async () => {
    const controller = new AbortController();
    const outcome = await load({
      operations: 1_000_000,
      signal: controller.signal,
      onProgress: ({ operations }) => {
        if (operations > 0) controller.abort();
      },
    });
    expect(outcome.interrupted).toBeDefined();
    const { header, history, audits } = await readEvidence(out);
    expect(header.interrupted).toBe(outcome.interrupted);
    expect(history.length).toBeGreaterThan(0);
    expect(audits).toHaveLength(1);
  });

  it('ends before it begins when it is stopped already', async () => {
    const outcome = await load({ signal: AbortSignal.abort() });
    expect(outcome.interrupted).toBeDefined();
    expect((await readEvidence(out)).history).toEqual([]);
  });
});

describe('a load that cannot run', () => {
  it('says what it expected of its options', async () => {
    for (const changes of [
      { services: 0 },
      { services: 1.5 },
      { drivers: 65 },
      { drivers: 5, connections: 4 },
      { operations: 0 },
      { durationMs: -1 },
      { rate: 0 },
      { rate: 1e99 },
      { rate: 'auto' as const, operations: 100 },
      { warmupMs: 1000, durationMs: 1000 },
      { seed: Number.NaN },
      { mix: 'none' as never },
    ])
      await expect(load(changes)).rejects.toMatchObject({ code: 'USAGE' });
    const { operations: _operations, ...endless } = {
      target: fixture('mapTarget'),
      pg: 'embedded',
      mix: 'uniform' as const,
      services: 1,
      drivers: 1,
      connections: 1,
      operations: 1,
      seed: 1,
      out,
    };
    await expect(runLoad(endless)).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(out)).toEqual([]);
  });

  it('refuses a folder that holds evidence', async () => {
    writeFileSync(join(out, 'evidence.json'), '{}');
    await expect(load({})).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('passes on why a target cannot be loaded or opened', async () => {
    await expect(load({ target: fixture('noSuchTarget') })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    await expect(load({ target: fixture('failingTarget') })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      details: { caught: { code: 'UNAVAILABLE' } },
    });
    expect(existsSync(join(out, 'evidence.json'))).toBe(false);
  });
});

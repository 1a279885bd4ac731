import { describe, expect, it } from 'vitest';
import type { Json } from '../adapters/contract/index.ts';
import type { Host } from '../scenarios/host/index.ts';
import { Environments } from './environments.ts';
import { customProperty, SERVICE, type AnyProperty } from './harness/engine/property.ts';
import { subjectOf } from './harness/testing/subject.ts';

const SUBJECT = subjectOf();

function unused(): never {
  throw new Error('Expected not to be called.');
}

function within(...environments: string[]): AnyProperty {
  return customProperty({
    clause: 'LOCK-10',
    environments: () => environments,
    arbitrary: unused,
    execute: () => Promise.resolve(undefined),
  });
}

/** A host whose environments start as `start` says. */
function environments(
  offered: readonly string[],
  start: (name: string) => { connection: Json } | { unavailable: string },
): Environments {
  const steward = {
    request: async (_command: string, { name }: { name: string }) => start(name),
  } as unknown as Host;
  return new Environments({ steward, connection: 'service', offered });
}

describe('environments of a clause', () => {
  it('are started once, and the service is one of them', async () => {
    let starts = 0;
    const started = environments(['a', 'b'], (name) => {
      starts += 1;
      return { connection: name };
    });
    const both = await Promise.all([
      started.settingsFor(within('a'), SUBJECT),
      started.settingsFor(within(SERVICE, 'a'), SUBJECT),
    ]);
    expect(starts).toBe(1);
    const connections = new Map([
      [SERVICE, 'service'],
      ['a', 'a'],
    ]);
    expect(both).toEqual([
      { environments: ['a'], connections },
      { environments: [SERVICE, 'a'], connections },
    ]);
  });

  it('are also those that help and that the target offers', async () => {
    const helped = { ...within(SERVICE), alsoIn: ['small-pool'] } as AnyProperty;
    const start = (name: string): { connection: Json } => ({ connection: name });
    const [offered, missing] = await Promise.all([
      environments(['small-pool'], start).settingsFor(helped, SUBJECT),
      environments([], start).settingsFor(helped, SUBJECT),
    ]);
    expect(offered).toMatchObject({ environments: [SERVICE, 'small-pool'] });
    expect(missing).toMatchObject({ environments: [SERVICE] });
    const unavailable = environments(['small-pool'], () => ({ unavailable: 'Not here.' }));
    expect(await unavailable.settingsFor(helped, SUBJECT)).toMatchObject({ environments: [SERVICE] });
  });

  it('are none unless the property asks', async () => {
    const none = environments(['a'], unused);
    const plain = customProperty({ clause: 'LOCK-10', arbitrary: unused, execute: unused });
    expect(await none.settingsFor(plain, SUBJECT)).toEqual({
      environments: [SERVICE],
      connections: new Map([[SERVICE, 'service']]),
    });
  });

  it('that the target does not offer leave the clause undecided', async () => {
    const settings = await environments(['a'], () => ({ connection: 1 })).settingsFor(within('b'), SUBJECT);
    expect(settings).toMatchObject({ status: 'not-run', reason: expect.stringContaining('"b"') as string });
  });

  it('that cannot be had here leave the clause unverified, and say what to do', async () => {
    const missing = environments(['a'], () => ({ unavailable: 'Install it.' }));
    const settings = await missing.settingsFor(within('a'), SUBJECT);
    expect(settings).toMatchObject({
      status: 'unverified',
      reason: expect.stringContaining('Install it.') as string,
    });
  });

  it('that do not start are errors', async () => {
    const failing = environments(['a'], () => {
      throw new Error('no port');
    });
    expect(await failing.settingsFor(within('a'), SUBJECT)).toEqual({ status: 'error', reason: 'no port' });
  });
});

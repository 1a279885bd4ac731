import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTarget, type Target } from '../../../adapters/contract/index.ts';
import { compiledEntry, spawnChild, type Child } from '../../process/index.ts';
import { HostedService } from './service.ts';
import { eventually } from '../testing/children.ts';
import { FILE_LOCK } from '../testing/targets.ts';

let folder: string;
let parent: Child | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-service-'));
});
afterEach(async () => {
  parent?.kill();
  await parent?.exited;
  rmSync(folder, { recursive: true });
});

const module = (path: string): string => JSON.stringify(pathToFileURL(compiledEntry(path)).href);

/** A process that starts the backing service of a target, says where it is, and does `then`. */
async function startParent(then: string): Promise<string> {
  const entry = join(folder, 'parent.mjs');
  writeFileSync(
    entry,
    `import { parentChannel } from ${module('scenarios/process/index')};
     import { startHost } from ${module('scenarios/host/index')};
     const channel = parentChannel({ line: () => {}, end: () => {} });
     const host = await startHost();
     await host.load(${JSON.stringify(FILE_LOCK)});
     const { connection } = await host.start({ pg: 'embedded' });
     channel.send(connection.folder);
     ${then}`,
  );
  let serving: string | undefined;
  parent = spawnChild({ entry, listener: { line: (line) => (serving = line), end: () => {} } });
  await eventually(() => serving !== undefined || parent?.exit !== undefined, 30_000);
  if (serving === undefined) throw new Error(`The parent ended: ${parent.output().stderr}`);
  return serving;
}

describe('the backing service', () => {
  it.each(['for (;;);', 'process.exit(1);', 'setInterval(() => {}, 1000);'])(
    'is stopped when lockstep is gone: %s',
    async (then) => {
      const data = await startParent(then);
      parent?.signal('SIGKILL');
      await parent?.exited;
      expect(await eventually(() => !existsSync(data), 30_000)).toBe(true);
    },
  );
});

describe('environments', () => {
  function targetWith(events: string[], environments: Record<string, () => unknown>): Target {
    const parsed = parseTarget({
      name: 'x',
      open: () => undefined,
      start: () => ({ connection: 'service', stop: () => void events.push('service') }),
      environments,
      capabilities: { poolers: Object.keys(environments) },
    });
    if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
    return parsed.target;
  }
  const options = { connection: 'service' };

  it('are stopped before the service, last started first', async () => {
    const events: string[] = [];
    const make = (name: string) => () => ({ connection: name, stop: () => void events.push(name) });
    const target = targetWith(events, { a: make('a'), b: make('b') });
    const service = new HostedService();
    await service.start(target, { pg: 'embedded' });
    expect(await service.startEnvironment(target, 'a', options)).toEqual({ connection: 'a' });
    expect(await service.startEnvironment(target, 'b', options)).toEqual({ connection: 'b' });
    await service.stop();
    expect(events).toEqual(['b', 'a', 'service']);
    expect(service.isRunning).toBe(false);
  });

  it('are shut down even while they come up, and when one cannot be stopped', async () => {
    const events: string[] = [];
    const target = targetWith(events, {
      slow: async () => {
        await setTimeout(20);
        return { connection: null, stop: () => void events.push('slow') };
      },
      stubborn: () => ({ connection: null, stop: () => Promise.reject(new Error('no')) }),
    });
    const service = new HostedService();
    await service.start(target, { pg: 'embedded' });
    await service.startEnvironment(target, 'stubborn', options);
    void service.startEnvironment(target, 'slow', options);
    await service.shutDown();
    expect(events).toEqual(['slow', 'service']);
  });

  it('say why they cannot be had; what is no answer is the fault of the target', async () => {
    const target = targetWith([], {
      absent: () => ({ unavailable: 'Install it.' }),
      nothing: () => undefined,
      throwing: () => {
        throw new Error('no port');
      },
      unsendable: () => ({ connection: () => 1 }),
    });
    const service = new HostedService();
    expect(await service.startEnvironment(target, 'absent', options)).toEqual({ unavailable: 'Install it.' });
    for (const name of ['nothing', 'throwing', 'unsendable']) {
      await expect(service.startEnvironment(target, name, options)).rejects.toMatchObject({
        code: 'TARGET_FAILED',
        details: { stage: 'environment' },
      });
    }
  });
});

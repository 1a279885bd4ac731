import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledEntry, spawnChild, type Child } from '../process/index.ts';
import { eventually } from './testing/children.ts';
import { FILE_LOCK } from './testing/targets.ts';

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

import { expect, it } from 'vitest';
import { surfacesOf, type OpenOptions, type TargetDefinition } from '../contract/index.ts';
import memory from '../memory/target.ts';
import { migrationTarget } from './define.ts';
import target from './target.ts';

const OPEN: Omit<OpenOptions, 'connection'> = { namespace: 'n'.repeat(40), clock: Date.now, instance: 1 };

it('declares what both sides can do together', () => {
  expect(target.capabilities).toMatchObject({
    crossInstance: false,
    atomic: true,
    durable: false,
    lockTimeout: true,
    ttl: true,
  });
});

it('gives each side a namespace of its own, whatever its length', async () => {
  const opened: string[] = [];
  const side: TargetDefinition = {
    ...memory,
    open: (options) => {
      opened.push(options.namespace);
      return memory.open(options);
    },
  };
  const both = migrationTarget({ name: 'both', old: side, new: side });
  for (const namespace of [OPEN.namespace, 'a', `${'n'.repeat(39)}m`]) {
    const adapter = await both.open({ ...OPEN, namespace, connection: null });
    await adapter.close();
  }
  expect(new Set(opened).size).toBe(6);
  for (const namespace of opened) expect(namespace).toMatch(/^[a-z0-9_]{1,40}$/);
});

it('tells what each service tells as it starts', async () => {
  const side = (note: string): TargetDefinition => ({ ...memory, start: () => ({ notes: [note] }) });
  const both = migrationTarget({ name: 'both', old: side('old'), new: side('new') });
  expect(await both.start?.({ pg: 'embedded' })).toMatchObject({ notes: ['old', 'new'] });
});

it('stops the old service when the new one does not start', async () => {
  let stopped = 0;
  const old: TargetDefinition = { ...memory, start: () => ({ stop: () => void (stopped += 1) }) };
  const other: TargetDefinition = { ...memory, start: () => Promise.reject(new Error('no room')) };
  const both = migrationTarget({ name: 'both', old, new: other });
  await expect(both.start?.({ pg: 'embedded' })).rejects.toThrow('no room');
  expect(stopped).toBe(1);
});

it('closes the old side when the new one does not open', async () => {
  let closed = 0;
  const old: TargetDefinition = {
    ...memory,
    async open(options) {
      const adapter = await memory.open(options);
      return { ...adapter, close: async () => void (closed += 1) };
    },
  };
  const other: TargetDefinition = { ...memory, open: () => Promise.reject(new Error('no room')) };
  const both = migrationTarget({ name: 'both', old, new: other });
  await expect(Promise.resolve(both.open({ ...OPEN, connection: null }))).rejects.toThrow('no room');
  expect(closed).toBe(1);
});

it('opens instances of a move whose authority was handed over', async () => {
  const both = { name: 'moved', old: memory, new: memory };
  const moved = migrationTarget({ ...both, decides: 'new' });
  const options = { ...OPEN, namespace: 'moved', connection: null };
  const adapters = await Promise.all([moved.open(options), moved.open({ ...options, instance: 2 })]);
  // Clauses of the surface begin a move themselves.
  for (const adapter of adapters) expect(surfacesOf(adapter)).not.toContain('migration');
  const { migration, ...asked } = await migrationTarget(both).open(options);
  expect((await migration?.status())?.authority).toMatchObject({ decides: 'new' });
  for (const adapter of [...adapters, asked]) await adapter.close();
});

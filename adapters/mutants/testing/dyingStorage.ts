/**
 * The memory adapter over a storage that is a file. After a number of calls the file is gone, like a server that is
 * stopped during a run. With `--pg gone` it is gone from the start.
 */
import { mkdtempSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defineTarget,
  StorageError,
  type StorageAdapter,
  type TargetDefinition,
} from '../../contract/index.ts';
import memory from '../../memory/target.ts';

const CALLS = 40;

let calls = 0;

function answer(file: string): void {
  if (!existsSync(file)) throw new StorageError('UNAVAILABLE', 'the storage is gone');
}

/** `value`, whose methods except close are refused once the storage is gone. `counts`: whether its calls count. */
function refusingWhenGone<T extends object>(value: T, file: string, counts: boolean): T {
  return new Proxy(value, {
    get(object, key) {
      const member: unknown = Reflect.get(object, key, object);
      if (typeof member === 'function') {
        const call = member.bind(object) as (...args: unknown[]) => unknown;
        if (typeof key === 'symbol' || key === 'close') return call;
        return async (...args: unknown[]) => {
          calls += counts ? 1 : 0;
          if (calls > CALLS) rmSync(file, { force: true });
          answer(file);
          return await call(...args);
        };
      }
      return typeof member === 'object' && member !== null ? refusingWhenGone(member, file, counts) : member;
    },
  });
}

/** With a check of its own, or without. */
export function dyingStorage(checks: boolean): TargetDefinition {
  const check: Pick<TargetDefinition, 'checkStorage'> = {
    checkStorage: ({ connection }) => answer(connection as string),
  };
  return defineTarget({
    ...memory,
    name: 'dying-storage',
    start({ pg }) {
      const folder = mkdtempSync(join(tmpdir(), 'lockstep-dying-'));
      const file = join(folder, 'storage');
      if (pg !== 'gone') writeFileSync(file, '');
      return { connection: file, stop: () => rmSync(folder, { recursive: true }) };
    },
    async open(options): Promise<StorageAdapter> {
      const adapter = await memory.open({ ...options, connection: null });
      return refusingWhenGone(
        adapter,
        options.connection as string,
        !options.namespace.includes('_storage_'),
      );
    },
    ...(checks ? check : {}),
  });
}

const target: TargetDefinition = dyingStorage(true);

export default target;

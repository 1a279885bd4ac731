/** The surface `authority` of an instance. */
import { randomUUID } from 'node:crypto';
import {
  validateAuthority,
  validateRemoval,
  validateWriter,
  type Authority,
  type StorageAdapter,
  type Writer,
} from '../contract/index.ts';
import { closed } from '../contract/rules/refusals.ts';
import type { Opened } from './session.ts';

/** `openFor` opens an instance for one writer on the same store. */
export function createAuthority(opened: Opened, openFor: (writer: Writer) => StorageAdapter): Authority {
  const { store, clock, ended } = opened;
  const whileOpen = (): void => {
    if (ended.aborted) throw closed('instance');
  };
  return {
    // eslint-disable-next-line typescript/require-await
    async get() {
      whileOpen();
      return { ...store.authority.state };
    },
    async set(expected, next, drainMs) {
      whileOpen();
      validateAuthority(expected, next, drainMs);
      const signals = [{ signal: ended, error: () => closed('instance') }];
      return store.authority.set(expected, next, drainMs, signals);
    },
    as(writer) {
      whileOpen();
      validateWriter(writer);
      return openFor({ epoch: writer.epoch, role: writer.role });
    },
    // eslint-disable-next-line typescript/require-await
    async remove(writer, kind, id) {
      whileOpen();
      validateRemoval(writer, kind, id);
      store.authority.judge(writer);
      // The worker's lease is deleted with its job.
      if (kind === 'jobs') store.tables.work.delete(id);
      return store.tables[kind].delete(id);
    },
    // eslint-disable-next-line typescript/require-await
    async endLease(writer, jobId) {
      whileOpen();
      validateRemoval(writer, 'jobs', jobId);
      store.authority.judge(writer);
      if (store.tables.jobs.get(jobId)?.status !== 'processing') return false;
      store.tables.work.set({ id: jobId, claim: randomUUID(), leaseMs: 1, until: store.now(clock) });
      return true;
    },
  };
}

import { closed } from '../../contract/rules/refusals.ts';
import { createActivityStore } from '../../memory/stores/activity.ts';
import { createExportRepository } from '../../memory/stores/exports.ts';
import { createIdempotencyStore } from '../../memory/stores/idempotency.ts';
import type { Session } from '../../memory/session.ts';
import { openStore } from '../../memory/store.ts';
import { createStreamStore } from '../../memory/stores/streams.ts';
import { createUserStore } from '../../memory/stores/users.ts';
import { extend, lockOf, type Equivalent } from '../mutant.ts';

/** Calls outside sections answer at once, without a promise, and throw refusals. */
export const synchronousStores: Equivalent = {
  name: 'synchronous-stores',
  reason: 'Methods may answer without a promise, as those of a Map do.',
  bases: ['memory'],
  // The claims are not rewritten here.
  capabilities: { idempotencyClaims: false, exportClaims: false },
  mutate: (adapter, { options: { namespace, clock } }) => {
    const store = openStore(namespace);
    let isClosed = false;
    // The stores return what the session returns, whether it is a promise or not.
    const whileOpen = ((action: () => unknown) => {
      if (isClosed) throw closed('instance');
      return action();
    }) as unknown as Session['read'];
    const session: Session = {
      tables: store.tables,
      now: () => store.now(clock),
      stamp: () => store.stamp(clock),
      read: whileOpen,
      write: ((action: () => unknown) =>
        whileOpen(() => {
          store.authority.judge(undefined);
          return action();
        })) as unknown as Session['write'],
    };
    return extend(adapter, {
      streamRepository: {
        streams: createStreamStore(session),
        users: createUserStore(session),
        activity: createActivityStore(session),
        withLock: lockOf(adapter),
      },
      idempotencyStore: createIdempotencyStore(session),
      exportRepository: createExportRepository(session),
      close: () => {
        isClosed = true;
        return adapter.close();
      },
    });
  },
};

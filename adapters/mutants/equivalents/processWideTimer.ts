import { createServer } from 'node:net';
import { extend, type Equivalent } from '../mutant.ts';

let sweeping: NodeJS.Timeout | undefined;

/** What a process has once is no leak, and neither is what goes a moment after close. */
export const processWideTimer: Equivalent = {
  name: 'process-wide-timer',
  reason:
    'One timer sweeps the caches of all instances, and the server of each is closed with it: close does not wait for that.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    sweeping ??= setInterval(() => undefined, 60_000);
    const server = createServer().listen(0, '127.0.0.1');
    let isOpen = true;
    return extend(adapter, {
      close: async () => {
        if (isOpen) setTimeout(() => server.close(), 50);
        isOpen = false;
        await adapter.close();
      },
    });
  },
};

import { createServer } from 'node:net';
import { extend, type Equivalent } from '../mutant.ts';

let sweeping: NodeJS.Timeout | undefined;

/** Something that a process has only once is no leak, and neither is something that ends soon after close. */
export const processWideTimer: Equivalent = {
  name: 'process-wide-timer',
  reason:
    'One timer clears the caches of all instances. The server of each instance is closed with it, although close does not wait for that.',
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

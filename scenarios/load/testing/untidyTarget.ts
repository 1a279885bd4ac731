/** The map adapter, from which errors reach the process that starts its service, and the one that audits, as they end. */
import { defineTarget, type TargetDefinition } from '../../../adapters/contract/index.ts';
import { openMapAdapter } from './mapAdapter.ts';

const AUDITOR = 0;

const target: TargetDefinition = defineTarget({
  name: 'untidy',
  capabilities: { crossInstance: true },
  start: () => ({
    connection: null,
    environment: null,
    stop: () => {
      void Promise.reject(new Error('stopped twice'));
    },
  }),
  open: ({ namespace, instance }) => {
    const adapter = openMapAdapter(namespace);
    if (instance !== AUDITOR) return adapter;
    return {
      ...adapter,
      close: async () => {
        void Promise.reject(new TypeError('closed twice'));
      },
    };
  },
});
export default target;

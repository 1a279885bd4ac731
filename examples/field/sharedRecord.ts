import type { StreamRecord } from 'lockstep';
import { changeStreams, field } from './base.ts';

// A cache returns the object that it holds. It is filled again when the stored record has changed.
export default field('shared-record', (adapter) =>
  changeStreams(adapter, (streams) => {
    const kept = new Map<string, { readonly text: string; readonly record: StreamRecord }>();
    return {
      async get(id) {
        const stored = await streams.get(id);
        if (stored === undefined) return undefined;
        const text = JSON.stringify(stored);
        const cached = kept.get(id);
        if (cached?.text === text) return cached.record;
        kept.set(id, { text, record: stored });
        return stored;
      },
    };
  }),
);

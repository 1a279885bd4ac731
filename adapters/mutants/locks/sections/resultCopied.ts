import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

export const resultCopied: Mutant = {
  name: 'result-copied',
  origin:
    'structuredClone(result), "so that nothing of the transaction leaks": an instance of a class comes back as a plain object.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) =>
      structuredClone(await lockOf(adapter)(id, callback, options)),
    ),
};

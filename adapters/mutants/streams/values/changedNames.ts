/** Names of further fields that are converted like identifiers, or like numbers. */
import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

function withNames(change: (name: string) => string): NonNullable<Mutant['mutate']> {
  return (adapter) =>
    passStreams(adapter, {
      incoming: (stream) =>
        Object.fromEntries(
          Object.entries(stream).map(([name, value]) => [change(name), value]),
        ) as unknown as NewStream,
    });
}

export const kebabAsCamel: Mutant = {
  name: 'kebab-as-camel',
  origin:
    'camelCase(key) of lodash over whole records, because the columns have underscores: names in kebab-case change, too.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: withNames((name) => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())),
};

export const numberedNames: Mutant = {
  name: 'numbered-names',
  origin: 'PHP and Lua convert a key of digits to a number: 01 becomes 1.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: withNames((name) => (/^\d+$/.test(name) ? String(Number(name)) : name)),
};

import { expect, it } from 'vitest';
import type { Move } from './move.ts';
import type { HostedSide } from './sides.ts';
import { handOverWhileOwing, type AskedOwing } from './whileOwing.ts';

/** What happens, with a move whose repairs find so many refused streams, one number a repair. */
async function asked(
  refused: readonly number[],
  answer: () => Promise<void> = async () => {},
  patienceMs: number = 60_000,
): Promise<AskedOwing & { readonly happened: readonly string[] }> {
  const happened: string[] = [];
  const hosting = {
    strike: async (fault: string, namespace: string) => {
      happened.push(`${fault} in ${namespace}`);
      return 'refused';
    },
    heal: async () => void happened.push('healed'),
  };
  const left = [...refused];
  const move = {
    namespaceOf: (side: string) => `load_${side}`,
    refusedStreams: async () => left.shift() ?? 0,
    askToDecide: async (side: string) => {
      happened.push(`asked for ${side}`);
      await answer();
    },
    compare: async () => ({ differences: ['a stream differs'] }),
  };
  const done = await handOverWhileOwing({
    step: 3,
    to: 'new',
    taking: { hosting } as unknown as HostedSide,
    move: move as unknown as Move,
    now: () => 7,
    patienceMs,
    signal: new AbortController().signal,
  });
  return { ...done, happened };
}

it('asks for the hand over once copies are refused, and heals the side', async () => {
  const { line, differences, happened } = await asked([0, 2], async () => {
    throw new Error('it lacks two records');
  });
  expect(happened).toEqual(['refused-records in load_new', 'asked for new', 'healed']);
  expect(line).toMatchObject({ name: 'refused-records', step: 3, at: 7, until: 7 });
  expect(differences).toBeUndefined();
  expect(line.proof).toContain('2 streams were owed, the operator refused: it lacks two records');
});

it('compares the sides when the operator handed over', async () => {
  const { line, differences, happened } = await asked([1]);
  expect(happened.at(-1)).toBe('healed');
  expect(line.proof).toContain('the operator did');
  expect(differences).toEqual(['a stream differs']);
});

it('has not struck where nothing was refused', async () => {
  const { line, happened } = await asked([], async () => {}, 100);
  expect(happened).toEqual(['refused-records in load_new', 'healed']);
  expect(line).toEqual({
    type: 'trouble',
    name: 'refused-records',
    step: 3,
    missed: 'no stream was written that the new side refuses',
  });
});

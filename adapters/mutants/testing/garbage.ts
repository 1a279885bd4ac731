/** The memory adapter, in which one of six calls returns something that the types of the seam do not allow. */
import { defineTarget, type StorageAdapter, type TargetDefinition } from '../../contract/index.ts';
import memory from '../../memory/target.ts';

const ONE_IN = 6;

const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  0,
  true,
  'x',
  [],
  [null, 1, { id: {} }],
  {},
  { items: 'no' },
  { items: [1, null, {}, { id: 5, timestamp: 7 }, [], 'q'], nextCursor: 9 },
  { id: 7, revision: 'a', status: 3, body: 4, streamId: null, createdAt: 3 },
];

let state = 7;

/** Repeatable: the same numbers in every process. */
function below(bound: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state % bound;
}

type Call = (...args: unknown[]) => unknown;

/** `value` with every method except close made unreliable, at any depth. */
function unreliable<T extends object>(value: T): T {
  return new Proxy(value, {
    get(object, key) {
      const member: unknown = Reflect.get(object, key, object);
      if (typeof member === 'function') {
        return typeof key === 'symbol' || key === 'close'
          ? member.bind(object)
          : answering(key, member.bind(object) as Call);
      }
      const isStore = typeof member === 'object' && member !== null && !(member instanceof AbortSignal);
      return isStore ? unreliable(member) : member;
    },
  });
}

function answering(name: string, call: Call): Call {
  return (...args) => {
    const given = name === 'withLock' ? withUnreliableView(args) : args;
    const answer = call(...given);
    if (below(ONE_IN) > 0) return answer;
    return Promise.resolve(answer).then(() => GARBAGE[below(GARBAGE.length)]);
  };
}

function withUnreliableView([id, callback, ...rest]: unknown[]): unknown[] {
  return [id, (view: object) => (callback as Call)(unreliable(view)), ...rest];
}

const target: TargetDefinition = defineTarget({
  ...memory,
  name: 'garbage',
  open: async (options): Promise<StorageAdapter> => unreliable(await memory.open(options)),
});

export default target;

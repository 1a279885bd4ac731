/** A register with read, write and cas (compare and set). It is initially empty, which a read sees as null. */
import type { RegisterLine, RegisterValue } from '../../../scenarios/history/lines.ts';
import type { Operation, SequentialModel } from '../operation.ts';
import { findUnwritten, type Seen } from './written.ts';

export type RegisterInput =
  | { readonly f: 'read'; readonly value: RegisterValue | null }
  | { readonly f: 'write'; readonly value: RegisterValue }
  | {
      readonly f: 'cas';
      readonly from: RegisterValue;
      readonly to: RegisterValue;
      readonly ok: boolean | undefined;
    };

export type RegisterState = RegisterValue | null;

/** The most digits of a long number in a text. */
const SHOWN = 48;

export const registerModel: SequentialModel<RegisterInput, RegisterState> = {
  name: 'register',
  step(state, { input, optional }) {
    switch (input.f) {
      case 'read':
        return input.value === state ? state : undefined;
      case 'write':
        return optional && input.value === state ? undefined : input.value;
      case 'cas':
        if (optional) return state === input.from && input.to !== state ? input.to : undefined;
        if ((state === input.from) !== input.ok) return undefined;
        return state === input.from ? input.to : state;
      default:
        return input satisfies never;
    }
  },
  keyOf: String,
  classOf: ({ input, optional }) => `${optional ? '?' : ''}${JSON.stringify(input)}`,
  isObservation: ({ input, optional }) =>
    !optional && (input.f === 'read' || (input.f === 'cas' && input.ok === false)),
  label({ input, optional }) {
    const end = optional ? ' → unknown' : '';
    switch (input.f) {
      case 'read':
        return `read → ${shown(input.value)}`;
      case 'write':
        return `write ${shown(input.value)}${end}`;
      case 'cas':
        return `cas ${shown(input.from)}→${shown(input.to)}${optional ? end : input.ok === true ? ' → done' : ' → not done'}`;
      default:
        return input satisfies never;
    }
  },
  describe: (state) => (state === null ? 'the register holds nothing' : `the register holds ${shown(state)}`),
  refusal(state, { input }) {
    if (input.f === 'read') return `it read ${shown(input.value)}, and ${this.describe(state)}`;
    if (input.f === 'write') return `it would change nothing`;
    return `it ${input.ok === true ? 'compared' : 'did not compare'} equal to ${shown(input.from)}, and ${this.describe(state)}`;
  },
  unwritten(operations) {
    const values = new Set<RegisterState>([null]);
    return findUnwritten(operations, {
      write({ input }) {
        if (input.f === 'write') values.add(input.value);
        else if (input.f === 'cas' && input.ok !== false) values.add(input.to);
      },
      seenBy({ input }) {
        const seen = (value: RegisterState, told: string): Seen => ({
          told: () => told,
          isExplained: () => values.has(value),
        });
        if (input.f === 'read') return seen(input.value, `read ${shown(input.value)}`);
        if (input.f !== 'cas' || input.ok !== true) return undefined;
        return seen(input.from, `compared equal to ${shown(input.from)}`);
      },
    });
  },
};

function shown(value: RegisterState): string {
  const text = String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN / 2)}…${text.slice(-SHOWN / 2)}`;
}

/** The operation of a line. Undefined: the line says nothing (a failure, or a read without an answer). */
export function registerOperation(line: RegisterLine, id: number): Operation<RegisterInput> | undefined {
  if (line.outcome === 'fail') return undefined;
  const optional = line.outcome === 'unknown';
  if (optional && line.f === 'read') return undefined;
  const end = optional ? Infinity : (line.return as number);
  return { id, client: line.client, call: line.call, return: end, optional, input: inputOf(line) };
}

function inputOf(line: RegisterLine): RegisterInput {
  switch (line.f) {
    case 'read':
      return { f: 'read', value: line.result?.value ?? null };
    case 'write':
      return { f: 'write', value: line.args.value };
    case 'cas':
      return { f: 'cas', from: line.args.from, to: line.args.to, ok: line.result?.ok };
    default:
      return line satisfies never;
  }
}

/** A key of a store of strings, with get, put and append. Its initial value is the empty string. */
import type { KvLine } from '../../../scenarios/history/lines.ts';
import type { Operation, SequentialModel } from '../operation.ts';
import { findUnwritten, Pieces } from './written.ts';

export interface KvInput {
  readonly f: 'get' | 'put' | 'append';
  /** The value that was seen, put or appended. */
  readonly value: string;
}

/** The most characters of a value in a label: its end, where appended values differ. */
const SHOWN = 24;

export const kvModel: SequentialModel<KvInput, string> = {
  name: 'kv',
  step(state, { input, optional }) {
    const { f, value } = input;
    if (f === 'get') return value === state ? state : undefined;
    const next = f === 'put' ? value : state + value;
    return optional && next === state ? undefined : next;
  },
  keyOf: (state) => state,
  classOf: ({ input, optional }) => `${optional ? '?' : ''}${input.f} ${input.value}`,
  isObservation: ({ input }) => input.f === 'get',
  label({ input, optional }) {
    const { f, value } = input;
    return f === 'get' ? `get → ${shown(value)}` : `${f} ${shown(value)}${optional ? ' → unknown' : ''}`;
  },
  describe: (state) => `the value is ${shown(state)}`,
  refusal(state, { input }) {
    const { f, value } = input;
    return f === 'get' ? differ(value, state) : 'it would change nothing';
  },
  unwritten(operations) {
    const pieces = new Pieces();
    return findUnwritten(operations, {
      write({ input: { f, value } }) {
        if (f === 'put') pieces.addStart(value);
        else if (f === 'append') pieces.addPart(value);
      },
      seenBy: ({ input: { f, value } }) =>
        f === 'get'
          ? {
              told: () => readText(value, pieces),
              isExplained: () => pieces.explained(value) === value.length,
            }
          : undefined,
    });
  },
};

/** Describes where two long values differ, because most of them is usually equal. */
function differ(read: string, held: string): string {
  let same = 0;
  while (same < read.length && same < held.length && read[same] === held[same]) same += 1;
  if (same < SHOWN) return `it read ${shown(read)}, and the value is ${shown(held)}`;
  const rest = (text: string): string => (text.length === same ? 'nothing' : shown(text.slice(same)));
  return `after ${same} characters that agree it read ${rest(read)}, and the value has ${rest(held)} there`;
}

/** Describes where a long value contains something that was not written. */
function readText(value: string, pieces: Pieces): string {
  const explained = pieces.explained(value);
  if (explained === 0 || explained === value.length) return `read ${shown(value)}`;
  const rest = value.slice(explained);
  const part = rest.length <= SHOWN ? JSON.stringify(rest) : `${JSON.stringify(rest.slice(0, SHOWN))}…`;
  return `read ${part} from character ${explained + 1} on`;
}

function shown(value: string): string {
  return value.length <= SHOWN ? JSON.stringify(value) : `…${JSON.stringify(value.slice(-SHOWN))}`;
}

/** The operation of a line. Undefined: the line says nothing (a failure, or a get without an answer). */
export function kvOperation(line: KvLine, id: number): Operation<KvInput> | undefined {
  if (line.outcome === 'fail') return undefined;
  const optional = line.outcome === 'unknown';
  if (optional && line.f === 'get') return undefined;
  const end = optional ? Infinity : (line.return as number);
  const value = line.f === 'get' ? (line.result?.value ?? '') : line.args.value;
  return { id, client: line.client, call: line.call, return: end, optional, input: { f: line.f, value } };
}

/** Collects the lines of a history, for each model, into operations for the checker. */
import type {
  HistoryFileHeader,
  HistoryLine,
  HistoryModel,
  KvLine,
  RegisterLine,
} from '../../../scenarios/history/lines.ts';
import type { Operation, SequentialModel } from '../operation.ts';
import type { History } from '../result.ts';
import { kvModel, kvOperation } from './kv.ts';
import { registerModel, registerOperation } from './register.ts';
import { StreamCollector, type InitialOf } from './streamCollector.ts';
import { stateOf } from './streamFields.ts';
import { balanceModel, lifecycleModel } from './streamModels.ts';

export interface HistoryCollector {
  add(line: HistoryLine): void;
  /** Call it once, at the end. Yields after each part of the work. */
  finish(): Generator<void, History, void>;
}

/** `initialOf` is called for streams whose header does not contain their initial states. */
export function collectHistory(
  { model, initial }: HistoryFileHeader & { readonly model: HistoryModel },
  initialOf?: InitialOf,
): HistoryCollector {
  switch (model) {
    case 'register':
      return collectLines(registerModel, null, (line, id) => registerOperation(line as RegisterLine, id));
    case 'kv':
      return collectLines(kvModel, '', (line, id) => kvOperation(line as KvLine, id));
    case 'stream-lifecycle':
    case 'stream-balance': {
      const state = initial === undefined ? undefined : stateOf(initial);
      const checked = model === 'stream-balance' ? balanceModel : lifecycleModel;
      return new StreamCollector(checked, (key) => state ?? initialOf?.(key));
    }
    default:
      return model satisfies never;
  }
}

/** Collects the operations of each key as their lines arrive. */
function collectLines<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  operationOf: (line: HistoryLine['line'], id: number) => Operation<Input> | undefined,
): HistoryCollector {
  const keys = new Map<string, Operation<Input>[]>();
  let ignored = 0;
  return {
    add({ line }) {
      const operations = listOf(keys, line.key);
      const operation = operationOf(line, operations.length);
      if (operation === undefined) ignored += 1;
      else operations.push(operation);
    },
    *finish() {
      yield;
      return erased({
        model,
        ignored,
        keys: [...keys].map(([key, operations]) => ({ key, initial, operations })),
      });
    },
  };
}

function listOf<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  if (list.length === 0) lists.set(key, list);
  return list;
}

/** A caller that checks a history only passes its states and inputs back to its model. */
function erased<Input, State>(history: History<Input, State>): History {
  return history;
}

/** Collects the lines of a history, model by model, into what the checker checks. */
import type {
  HistoryFileHeader,
  HistoryLine,
  HistoryModel,
  KvLine,
  RegisterLine,
  StreamLine,
} from '../../../scenarios/history/lines.ts';
import type { StreamState } from '../../models/stream.ts';
import type { Operation, SequentialModel } from '../operation.ts';
import type { History, KeyHistory } from '../result.ts';
import { kvModel, kvOperation } from './kv.ts';
import { registerModel, registerOperation } from './register.ts';
import { attemptOf, operationsOf, type StreamAttempt, type StreamRequest } from './streamAttempts.ts';
import { stateOf } from './streamFields.ts';
import { balanceModel, lifecycleModel } from './streamModels.ts';

/** How a stream begins; undefined for one that is not there, whose lines are ignored. */
export type InitialOf = (key: string) => StreamState | undefined;

export interface HistoryCollector {
  add(line: HistoryLine): void;
  /** Once, at the end. */
  finish(): History;
}

/** `initialOf` is asked for streams whose header does not say how they begin. */
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
      return collectStreams(checked, (key) => state ?? initialOf?.(key));
    }
    default:
      return model satisfies never;
  }
}

/** Operations by key, as their lines come. */
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
    finish: () =>
      erased({ model, ignored, keys: [...keys].map(([key, operations]) => ({ key, initial, operations })) }),
  };
}

/** Attempts by stream, joined when all are known. */
function collectStreams(
  model: SequentialModel<StreamRequest, StreamState>,
  initialOf: InitialOf,
): HistoryCollector {
  const streams = new Map<string, StreamAttempt[]>();
  let ignored = 0;
  return {
    add({ line }) {
      const attempt = attemptOf(line as StreamLine);
      if (attempt === undefined) ignored += 1;
      else listOf(streams, line.key).push(attempt);
    },
    finish() {
      const keys: KeyHistory<StreamRequest, StreamState>[] = [];
      for (const [key, attempts] of streams) {
        // Read or not, the attempts are no longer needed: a large history does not stand in memory twice.
        streams.delete(key);
        const initial = initialOf(key);
        if (initial === undefined) ignored += attempts.length;
        else keys.push({ key, initial, operations: operationsOf(attempts) });
      }
      return erased({ model, ignored, keys });
    },
  };
}

function listOf<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  if (list.length === 0) lists.set(key, list);
  return list;
}

/** Who checks a history hands its states and inputs back to its model, and looks at neither. */
function erased<Input, State>(history: History<Input, State>): History {
  return history;
}

/**
 * Collects what clients saw of streams. Each stream is judged alone, unless an idempotency token was used on several:
 * what such a token did on one says what it cannot have done on the others, so those are judged as one.
 */
import type { HistoryLine, StreamLine } from '../../../scenarios/history/lines.ts';
import type { StreamState } from '../../models/stream.ts';
import type { SequentialModel } from '../operation.ts';
import type { History, KeyHistory } from '../result.ts';
import {
  joinedKey,
  joinedModel,
  type JoinedRequest,
  type JoinedState,
  type Member,
} from './joinedStreams.ts';
import { attemptOf, operationsOf, type StreamAttempt, type StreamRequest } from './streamAttempts.ts';

/** How a stream begins; undefined for one that is not there, whose lines are ignored. */
export type InitialOf = (key: string) => StreamState | undefined;

type Model = SequentialModel<StreamRequest, StreamState>;

interface Stream {
  readonly key: string;
  attempts: StreamAttempt[];
  /** Towards the one that stands for all that it is joined with; that one is its own. */
  parent: Stream;
}

export class StreamCollector {
  private readonly model: Model;
  private readonly initialOf: InitialOf;
  private readonly streams = new Map<string, Stream>();
  /** Where each token was seen first. */
  private readonly seen = new Map<string, Stream>();
  /** Tokens of more than one attempt, and those of them that were used on several streams. */
  private readonly repeated = new Set<string>();
  private readonly shared = new Set<string>();
  private ignored = 0;

  constructor(model: Model, initialOf: InitialOf) {
    this.model = model;
    this.initialOf = initialOf;
  }

  add({ line }: HistoryLine): void {
    const attempt = attemptOf(line as StreamLine);
    if (attempt === undefined) {
      this.ignored += 1;
      return;
    }
    const stream = this.streamOf(line.key);
    stream.attempts.push(attempt);
    const { token } = attempt;
    if (token === undefined) return;
    const first = this.seen.get(token);
    if (first === undefined) {
      this.seen.set(token, stream);
      return;
    }
    this.repeated.add(token);
    if (first === stream) return;
    this.shared.add(token);
    rootOf(stream).parent = rootOf(first);
  }

  *finish(): Generator<void, History, void> {
    this.seen.clear();
    const groups = new Map<Stream, Member[]>();
    for (const stream of this.streams.values()) {
      const initial = this.initialOf(stream.key);
      const { attempts } = stream;
      // They become the operations, or are not needed.
      stream.attempts = [];
      if (initial === undefined) {
        this.ignored += attempts.length;
        continue;
      }
      const operations = operationsOf(attempts, this.repeated);
      const member = { key: stream.key, initial, operations };
      const group = groups.get(rootOf(stream));
      if (group === undefined) groups.set(rootOf(stream), [member]);
      else group.push(member);
      yield;
    }
    return this.historyOf([...groups.values()]);
  }

  private historyOf(groups: readonly Member[][]): History {
    const { model, ignored, shared } = this;
    if (groups.every((group) => group.length === 1)) {
      const alone: History<StreamRequest, StreamState> = { model, ignored, keys: groups.flat() };
      return alone;
    }
    const keys = groups.map((group): KeyHistory<JoinedRequest, JoinedState> => joinedKey(group, shared));
    const joined: History<JoinedRequest, JoinedState> = { model: joinedModel(model), ignored, keys };
    return joined;
  }

  private streamOf(key: string): Stream {
    const known = this.streams.get(key);
    if (known !== undefined) return known;
    const stream = { key, attempts: [] } as unknown as Stream;
    stream.parent = stream;
    this.streams.set(key, stream);
    return stream;
  }
}

/** Who stands for all streams that are joined with this one. Shortens the way for the next who asks. */
function rootOf(stream: Stream): Stream {
  let root = stream;
  while (root.parent !== root) root = root.parent;
  for (let at = stream; at !== root;) {
    const next = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}

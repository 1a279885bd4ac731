/**
 * Collects what clients saw of streams. Each stream is judged alone, unless an idempotency token was used on several:
 * what such a token did on one says what it cannot have done on the others, so those are judged as one.
 */
import type { HistoryLine, StreamLine } from '../../../scenarios/history/lines.ts';
import type { StreamState } from '../../models/stream.ts';
import type { SequentialModel } from '../operation.ts';
import type { History, KeyHistory } from '../result.ts';
import { AttemptList, type AttemptTexts } from './attemptList.ts';
import {
  joinedKey,
  joinedModel,
  type JoinedRequest,
  type JoinedState,
  type Member,
} from './joinedStreams.ts';
import { RepeatFilter } from './repeatFilter.ts';
import { attemptOf, operationsOf, type StreamRequest } from './streamAttempts.ts';
import { TextArena } from './textArena.ts';

/** How a stream begins; undefined for one that is not there, whose lines are ignored. */
export type InitialOf = (key: string) => StreamState | undefined;

type Model = SequentialModel<StreamRequest, StreamState>;

interface Stream {
  readonly key: string;
  readonly attempts: AttemptList;
  /** Towards the one that stands for all that it is joined with; that one is its own. */
  parent: Stream;
}

export class StreamCollector {
  private readonly model: Model;
  private readonly initialOf: InitialOf;
  private readonly streams = new Map<string, Stream>();
  private readonly texts: AttemptTexts = {
    arena: new TextArena(),
    statuses: [],
    filter: new RepeatFilter(),
  };
  /** Tokens that were used on several streams, or for several operations of one. */
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
    this.streamOf(line.key).attempts.push(attempt);
  }

  *finish(): Generator<void, History, void> {
    const groups = new Map<Stream, Member[]>();
    yield* this.join();
    for (const stream of this.streams.values()) {
      const { key, attempts } = stream;
      const initial = this.initialOf(key);
      if (initial === undefined) {
        this.ignored += attempts.length;
        continue;
      }
      const member: Member = {
        key,
        initial,
        get operations() {
          return operationsOf(attempts.toArray());
        },
      };
      const group = groups.get(rootOf(stream));
      if (group === undefined) groups.set(rootOf(stream), [member]);
      else group.push(member);
    }
    return yield* this.historyOf([...groups.values()]);
  }

  /** Finds the tokens that may have had several effects, and joins the streams on which they were used. */
  private *join(): Generator<void, void, void> {
    const first = new Map<string, Stream>();
    for (const stream of this.streams.values()) {
      if (this.initialOf(stream.key) === undefined) continue;
      let isRepeated = false;
      for (const token of stream.attempts.repeatedTokens()) {
        const other = first.get(token);
        if (other === undefined) first.set(token, stream);
        else if (other === stream) isRepeated = true;
        else {
          this.shared.add(token);
          rootOf(stream).parent = rootOf(other);
        }
      }
      if (isRepeated) for (const token of tokensOfSeveral(stream.attempts)) this.shared.add(token);
      yield;
    }
  }

  private *historyOf(groups: readonly Member[][]): Generator<void, History, void> {
    const { model, ignored, shared } = this;
    if (shared.size === 0) {
      const alone: History<StreamRequest, StreamState> = { model, ignored, keys: groups.flat() };
      return alone;
    }
    const keys: KeyHistory<JoinedRequest, JoinedState>[] = [];
    for (const group of groups) {
      keys.push(joinedKey(group, shared));
      yield;
    }
    const joined: History<JoinedRequest, JoinedState> = { model: joinedModel(model), ignored, keys };
    return joined;
  }

  private streamOf(key: string): Stream {
    const known = this.streams.get(key);
    if (known !== undefined) return known;
    const stream = { key, attempts: new AttemptList(this.texts) } as unknown as Stream;
    stream.parent = stream;
    this.streams.set(key, stream);
    return stream;
  }
}

/** Tokens under which one stream's attempts are more than one operation. */
function tokensOfSeveral(attempts: AttemptList): Set<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const { token } of operationsOf(attempts.toArray())) {
    if (token === undefined) continue;
    if (seen.has(token)) several.add(token);
    seen.add(token);
  }
  return several;
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

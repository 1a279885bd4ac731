/**
 * Entries of a journal as lines, and lines as entries. Entries of one section that are written at once share a line: that
 * of the last of them, which tells the times of the others in fields of its own. Names, stream and token stand there once.
 *
 * | line     | may also tell of                         |
 * | -------- | ---------------------------------------- |
 * | `leave`  | `wait`, `enter`, `read`, `execute`       |
 * | `payout` | `settle`                                 |
 * | `answer` | `settle`                                 |
 */
import type { JournalEntry } from './model/journal.ts';

export type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { readonly type: Type }>;

/** A whole run of a callback, with the times of its entries. Absent entries were written before. */
export interface LeaveLine extends EntryOf<'leave'> {
  /** Together with `enter`. */
  readonly stream?: string;
  /** Together with `wait` or `execute`, if the request has one. */
  readonly token?: string;
  readonly wait?: number;
  readonly enter?: number;
  readonly fence?: string;
  readonly read?: number;
  readonly execute?: number;
  /** Together with `execute`. */
  readonly f?: string;
  readonly operationId?: string;
  readonly revision?: number;
}

/** How the preceding section settled. */
interface SettledBefore {
  readonly settle?: number;
  readonly outcome?: EntryOf<'settle'>['outcome'];
}

export interface PayoutLine extends EntryOf<'payout'>, SettledBefore {
  /** Together with `settle`. */
  readonly section?: number;
}

export interface AnswerLine extends EntryOf<'answer'>, SettledBefore {}

/** What a line of a journal may be. */
export type JournalLine =
  | Exclude<JournalEntry, { readonly type: 'leave' | 'payout' | 'answer' }>
  | LeaveLine
  | PayoutLine
  | AnswerLine;

/** Entries of one section that are not written yet. */
export class SectionLines {
  private wait: EntryOf<'wait'> | undefined;
  private enter: EntryOf<'enter'> | undefined;
  private read: EntryOf<'read'> | undefined;
  private execute: EntryOf<'execute'> | undefined;
  private settle: EntryOf<'settle'> | undefined;

  /** Whether no entry is kept. */
  get isEmpty(): boolean {
    const { wait, enter, read, execute, settle } = this;
    return (wait ?? enter ?? read ?? execute ?? settle) === undefined;
  }

  /** Keeps the entry, or returns the lines that it completes, each with its line break. */
  add(entry: JournalEntry): string {
    switch (entry.type) {
      case 'wait':
      case 'enter':
      case 'read':
      case 'execute':
      case 'settle':
        return this.keep(entry);
      case 'leave':
        return this.enter?.attempt === entry.attempt ? this.left(entry) : this.rest() + lineOf(entry);
      case 'payout':
      case 'answer':
        return this.settled(entry);
      default:
        return this.rest() + lineOf(entry);
    }
  }

  /** All kept entries, one line each. */
  rest(): string {
    const kept = [this.wait, this.enter, this.read, this.execute, this.settle];
    this.forget();
    return kept.map((entry) => (entry === undefined ? '' : lineOf(entry))).join('');
  }

  private keep(entry: EntryOf<'wait' | 'enter' | 'read' | 'execute' | 'settle'>): string {
    // Entries that are out of order, for example because a callback runs again, get their own lines, so that none is
    // lost.
    const fits = this.fits(entry);
    const before = fits ? '' : this.rest();
    (this as Record<string, unknown>)[entry.type] = entry;
    return before;
  }

  private fits(entry: EntryOf<'wait' | 'enter' | 'read' | 'execute' | 'settle'>): boolean {
    const { wait, enter, read, execute } = this;
    switch (entry.type) {
      case 'wait':
      case 'settle':
        return this.isEmpty;
      case 'enter':
        return wait === undefined ? this.isEmpty : this.isOnlyWait && wait.stream === entry.stream;
      case 'read':
        return enter?.attempt === entry.attempt && read === undefined && execute === undefined;
      case 'execute':
        return (
          enter?.attempt === entry.attempt &&
          execute === undefined &&
          entry.stream === enter.stream &&
          (wait === undefined || wait.token === entry.token)
        );
      default:
        return entry satisfies never;
    }
  }

  private get isOnlyWait(): boolean {
    return this.enter === undefined && this.read === undefined && this.execute === undefined;
  }

  private left({ at, section, attempt, wrote }: EntryOf<'leave'>): string {
    const { wait, enter, read, execute } = this;
    this.forget();
    const token = wait?.token ?? execute?.token;
    // Written by hand: building an object first takes three times as long.
    const named = token === undefined ? '' : `,"token":${JSON.stringify(token)}`;
    const waited = wait === undefined ? '' : `,"wait":${wait.at}`;
    const fenced = enter?.fence === undefined ? '' : `,"fence":${JSON.stringify(enter.fence)}`;
    const seen = read === undefined ? '' : `,"read":${read.at}`;
    const done =
      execute === undefined
        ? ''
        : `,"execute":${execute.at},"f":${JSON.stringify(execute.f)},"operationId":${JSON.stringify(execute.operationId)},"revision":${execute.revision}`;
    return `{"type":"leave","at":${at},"section":${section},"attempt":${attempt},"wrote":${wrote},"stream":${JSON.stringify(enter?.stream)}${named}${waited},"enter":${enter?.at}${fenced}${seen}${done}}\n`;
  }

  private settled(entry: EntryOf<'payout' | 'answer'>): string {
    const { settle } = this;
    if (settle === undefined) return this.rest() + lineOf(entry);
    this.forget();
    const { at, section, outcome } = settle;
    const own = entry.type === 'payout' ? { ...entry, section } : entry;
    return lineOf({ ...own, settle: at, outcome } satisfies JournalLine);
  }

  private forget(): void {
    this.wait = this.enter = this.read = this.execute = this.settle = undefined;
  }
}

/** One line, with its line break. */
export function lineOf(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Calls `take` with each entry of a line, in order. */
export function forEachEntry(line: JournalLine, take: (entry: JournalEntry) => void): void {
  if (line.type === 'leave' && line.enter !== undefined) return ofLeave(line, take);
  if ((line.type === 'payout' || line.type === 'answer') && line.settle !== undefined)
    return ofSettled(line, take);
  take(line);
}

function ofLeave(line: LeaveLine, take: (entry: JournalEntry) => void): void {
  const { at, section, attempt, wrote, token, wait, enter = 0, fence, read, execute } = line;
  const { stream = '', f = '', operationId = '', revision = 0 } = line;
  const named = token === undefined ? {} : { token };
  if (wait !== undefined) take({ type: 'wait', at: wait, section, stream, ...named });
  take({ type: 'enter', at: enter, section, stream, attempt, ...(fence === undefined ? {} : { fence }) });
  if (read !== undefined) take({ type: 'read', at: read, section, attempt });
  if (execute !== undefined)
    take({ type: 'execute', at: execute, section, attempt, stream, f, ...named, operationId, revision });
  take({ type: 'leave', at, section, attempt, wrote });
}

function ofSettled(line: PayoutLine | AnswerLine, take: (entry: JournalEntry) => void): void {
  const { section = 0, settle = 0, outcome = 'unknown' } = line;
  take({ type: 'settle', at: settle, section, outcome });
  if (line.type === 'answer') {
    take({ type: 'answer', at: line.at, section, status: line.status });
    return;
  }
  const { at, stream, operationId, amount } = line;
  take({ type: 'payout', at, stream, operationId, amount });
}

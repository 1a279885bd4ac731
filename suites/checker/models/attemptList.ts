/** Attempts of one stream as columns of numbers, until they are asked for: a large history has a million of them. */
import type { StreamInput } from '../../models/stream.ts';
import type { RepeatFilter } from './repeatFilter.ts';
import type { StreamAttempt, StreamRequest } from './streamAttempts.ts';
import type { TextArena } from './textArena.ts';

const FIRST_ROWS = 16;
/** The columns of a row. Absent is NaN, or -1 where a place in a table stands. Texts stand as places in the arena. */
const CLIENT = 0;
const CALL = 1;
const RETURN = 2;
/** Place of the kind in KINDS, of what was asked for in FUNCTIONS; OPTIONAL is added to the kind. */
const KIND = 3;
const FUNCTION = 4;
const AMOUNT = 5;
const REVISION = 6;
const STATUS = 7;
const RELEASED = 8;
const WITHDRAWN = 9;
const TOKEN = 10;
const HASH = 11;
const FINGERPRINT = 12;
const OPERATION_ID = 13;
const COLUMNS = 14;

const KINDS: readonly StreamRequest['kind'][] = ['effect', 'read', 'refused', 'unchanged', 'absent'];
const FUNCTIONS: readonly StreamInput['f'][] = ['settle', 'withdraw', 'start', 'pause', 'stop'];
const OPTIONAL = 8;
/** There are six. What a broken store answers may be anything. */
const MAX_STATUSES = 32;

/** What lists of one history share. */
export interface AttemptTexts {
  readonly arena: TextArena;
  /** Hardly any differ: they are in the order of their first use. */
  readonly statuses: string[];
  readonly filter: RepeatFilter;
}

export class AttemptList {
  private rows = new Float64Array(FIRST_ROWS * COLUMNS);
  private count = 0;
  private readonly texts: AttemptTexts;
  /** Those that do not fit into a row, by their places. */
  private readonly odd = new Map<number, StreamAttempt>();

  constructor(texts: AttemptTexts) {
    this.texts = texts;
  }

  push(attempt: StreamAttempt): void {
    if ((this.count + 1) * COLUMNS > this.rows.length) {
      const rows = new Float64Array(2 * this.rows.length);
      rows.set(this.rows);
      this.rows = rows;
    }
    if (!this.write(this.count * COLUMNS, attempt)) this.odd.set(this.count, attempt);
    this.count += 1;
  }

  get length(): number {
    return this.count;
  }

  /** Tokens that the filter may have seen elsewhere too. */
  *repeatedTokens(): Generator<string, void, void> {
    for (let place = 0; place < this.count; place += 1) {
      const at = place * COLUMNS;
      const hash = this.rows[at + HASH] as number;
      if (Number.isNaN(hash) || !this.texts.filter.mayRepeat(hash)) continue;
      yield this.odd.get(place)?.token ?? this.texts.arena.get(this.rows[at + TOKEN] as number);
    }
  }

  /** Made anew each time. Those whose token nobody else has come without it: it joins them with nothing. */
  toArray(): StreamAttempt[] {
    const attempts: StreamAttempt[] = [];
    for (let place = 0; place < this.count; place += 1) {
      const odd = this.odd.size === 0 ? undefined : this.odd.get(place);
      attempts.push(odd === undefined ? this.read(place * COLUMNS) : { ...odd });
    }
    return attempts;
  }

  /** Whether it fits into the row at `at`; its token's hash is there in any case. */
  private write(at: number, attempt: StreamAttempt): boolean {
    const { rows, texts } = this;
    const { token } = attempt;
    const { kind, input, shown } = attempt.input;
    rows[at + HASH] = token === undefined ? NaN : texts.filter.add(token);
    rows[at + CLIENT] = attempt.client;
    rows[at + CALL] = attempt.call;
    rows[at + RETURN] = attempt.return;
    rows[at + KIND] = KINDS.indexOf(kind) + (attempt.optional ? OPTIONAL : 0);
    rows[at + FUNCTION] = input === undefined ? -1 : FUNCTIONS.indexOf(input.f);
    rows[at + REVISION] = shown.revision ?? NaN;
    return (
      this.writeStatus(at + STATUS, shown.status) &&
      this.writeAmount(at + AMOUNT, input?.amount) &&
      this.writeAmount(at + RELEASED, shown.released) &&
      this.writeAmount(at + WITHDRAWN, shown.withdrawn) &&
      this.writeText(at + TOKEN, token) &&
      this.writeText(at + FINGERPRINT, attempt.fingerprint) &&
      this.writeText(at + OPERATION_ID, attempt.operationId)
    );
  }

  private read(at: number): StreamAttempt {
    const { rows, texts } = this;
    const kind = rows[at + KIND] as number;
    const optional = kind >= OPTIONAL;
    const f = placed(FUNCTIONS, rows[at + FUNCTION] as number);
    const amount = this.amount(at + AMOUNT);
    const revision = this.number(at + REVISION);
    const shown = {
      revision,
      status: placed(texts.statuses, rows[at + STATUS] as number),
      released: this.amount(at + RELEASED),
      withdrawn: this.amount(at + WITHDRAWN),
    };
    const base = { kind: KINDS[optional ? kind - OPTIONAL : kind] as StreamRequest['kind'], shown };
    const hash = rows[at + HASH] as number;
    const repeats = !Number.isNaN(hash) && texts.filter.mayRepeat(hash);
    return {
      id: 0,
      client: rows[at + CLIENT] as number,
      call: rows[at + CALL] as number,
      return: rows[at + RETURN] as number,
      optional,
      input: f === undefined ? base : { ...base, input: amount === undefined ? { f } : { f, amount } },
      token: repeats ? this.text(at + TOKEN) : undefined,
      fingerprint: repeats ? this.text(at + FINGERPRINT) : undefined,
      operationId: repeats ? this.text(at + OPERATION_ID) : undefined,
    };
  }

  private writeStatus(at: number, status: string | undefined): boolean {
    const { statuses } = this.texts;
    let place = status === undefined ? -1 : statuses.indexOf(status);
    if (status !== undefined && place === -1 && statuses.length < MAX_STATUSES)
      place = statuses.push(status) - 1;
    this.rows[at] = place;
    return status === undefined || place !== -1;
  }

  private writeAmount(at: number, amount: bigint | undefined): boolean {
    const number = amount === undefined ? NaN : Number(amount);
    this.rows[at] = number;
    return amount === undefined || Number.isSafeInteger(number);
  }

  private writeText(at: number, text: string | undefined): boolean {
    const place = text === undefined ? NaN : this.texts.arena.add(text);
    this.rows[at] = place ?? NaN;
    return place !== undefined;
  }

  private number(at: number): number | undefined {
    const value = this.rows[at] as number;
    return Number.isNaN(value) ? undefined : value;
  }

  private amount(at: number): bigint | undefined {
    const value = this.rows[at] as number;
    return Number.isNaN(value) ? undefined : BigInt(value);
  }

  private text(at: number): string | undefined {
    const place = this.rows[at] as number;
    return Number.isNaN(place) ? undefined : this.texts.arena.get(place);
  }
}

/** Asked for, a place that is none makes V8 look for a property of that name. */
function placed<Item>(table: readonly Item[], place: number): Item | undefined {
  return place === -1 ? undefined : table[place];
}

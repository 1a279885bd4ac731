/**
 * Reads a line of a stream history as lockstep's recorder writes it, several times as fast as JSON.parse, because only
 * the fields that a checker needs become values. Anything unusual is left to JSON.parse: other fields, another order of
 * fields, white space, escapes, times before the start, and anything that may be wrong.
 */
import { bytesOf, ByteScanner } from './byteScanner.ts';
import type { StreamLine } from './lines.ts';

const CLIENT = bytesOf('{"client":');
const KEY = bytesOf(',"key":');
const F = bytesOf(',"f":"');
const ARGS = bytesOf(',"args":{');
const CALL = bytesOf('},"call":');
const RETURN = bytesOf(',"return":');
const OUTCOME = bytesOf(',"outcome":"');
const RESULT = bytesOf(',"result":{');
const SERVICE = bytesOf(',"service":');
const INTENDED = bytesOf(',"intended":');
const NULL = bytesOf('null');
const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const COMMA = bytesOf(',');
const END = bytesOf('}');

const AMOUNT = bytesOf('"amount":');
const TOKEN = bytesOf('"token":');
const FINGERPRINT = bytesOf('"fingerprint":');

const STATUS = bytesOf('"status":');
const REPLAYED = bytesOf('"replayed":');
const CODE = bytesOf('"code":');
const REVISION = bytesOf('"revision":');
const STREAM_STATUS = bytesOf('"streamStatus":');
const RELEASED = bytesOf('"releasedAmount":');
const WITHDRAWN = bytesOf('"withdrawnAmount":');
const EFFECT = bytesOf('"effect":');
const OPERATION_ID = bytesOf('"operationId":');
const BODY = bytesOf('"body":');

type StreamFunction = 'start' | 'pause' | 'stop' | 'settle' | 'withdraw' | 'get';
const FUNCTIONS = (['settle', 'withdraw', 'get', 'start', 'pause', 'stop'] as const).map((name) => ({
  name,
  bytes: bytesOf(`${name}"`),
}));
const OUTCOMES = (['ok', 'unknown', 'fail'] as const).map((name) => ({ name, bytes: bytesOf(`${name}"`) }));

type Args = { -readonly [Field in keyof StreamLine['args']]: StreamLine['args'][Field] | undefined };
type Result = {
  -readonly [Field in keyof NonNullable<StreamLine['result']>]:
    | NonNullable<StreamLine['result']>[Field]
    | undefined;
};

export class StreamLineScanner {
  private readonly scanner = new ByteScanner();
  private readonly isBalance: boolean;

  constructor(model: 'stream-lifecycle' | 'stream-balance') {
    this.isBalance = model === 'stream-balance';
  }

  /**
   * The line in `bytes` from `from` to before `to`, without the fields that a checker does not need (`body`,
   * `replayed`, `service`, `intended`). Undefined: JSON.parse must read it. In every other case `lineProblem` would
   * find no problem.
   */
  scan(bytes: Buffer, from: number, to: number): StreamLine | undefined {
    const { scanner } = this;
    scanner.start(bytes, from);
    scanner.expect(CLIENT);
    const client = scanner.count();
    scanner.expect(KEY);
    const key = scanner.frequentText();
    scanner.expect(F);
    const f = this.oneOf(FUNCTIONS);
    scanner.expect(ARGS);
    const args = this.args();
    scanner.expect(CALL);
    const call = scanner.count();
    scanner.expect(RETURN);
    const end = scanner.skip(NULL) ? null : scanner.count();
    scanner.expect(OUTCOME);
    const outcome = this.oneOf(OUTCOMES);
    if (scanner.failed) return undefined;
    const result = scanner.skip(RESULT) ? this.result() : undefined;
    if (scanner.skip(SERVICE)) scanner.count();
    if (scanner.skip(INTENDED)) scanner.count();
    scanner.expect(END);
    if (scanner.failed || scanner.at !== to || f === undefined || outcome === undefined) return undefined;
    if (end === null ? outcome === 'ok' : end < call) return undefined;
    if (!this.isComplete(f, outcome, args, result)) return undefined;
    return { client, key, f, args, call, return: end, outcome, result } as StreamLine;
  }

  /** Whether all required fields are present. */
  private isComplete(
    f: StreamFunction,
    outcome: StreamLine['outcome'],
    args: Args,
    result: Result | undefined,
  ): boolean {
    const takesAmount = this.isBalance && (f === 'settle' || f === 'withdraw');
    if (takesAmount && outcome !== 'fail' && args.amount === undefined) return false;
    if (outcome !== 'ok') return true;
    if (result === undefined) return false;
    return f === 'get' || (result.status !== undefined && result.effect !== undefined);
  }

  private oneOf<Name>(
    names: readonly { readonly name: Name; readonly bytes: Uint8Array }[],
  ): Name | undefined {
    const { scanner } = this;
    for (const { name, bytes } of names) if (scanner.skip(bytes)) return name;
    scanner.failed = true;
    return undefined;
  }

  /** Reads up to the closing brace. A field that occurs twice is unusual. */
  private args(): Args {
    const { scanner } = this;
    const args: Args = { amount: undefined, token: undefined, fingerprint: undefined };
    if (scanner.peek() === END[0]) return args;
    do {
      if (args.amount === undefined && scanner.skip(AMOUNT)) args.amount = scanner.digits();
      else if (args.token === undefined && scanner.skip(TOKEN)) args.token = scanner.text();
      else if (args.fingerprint === undefined && scanner.skip(FINGERPRINT)) args.fingerprint = scanner.text();
      else scanner.failed = true;
    } while (!scanner.failed && scanner.skip(COMMA));
    return args;
  }

  /** Reads past the closing brace. If the fields are in the recorder's order, each is found at the first attempt. */
  private result(): Result {
    const { scanner } = this;
    let status: number | undefined;
    let revision: number | undefined;
    let streamStatus: string | undefined;
    let releasedAmount: string | undefined;
    let withdrawnAmount: string | undefined;
    let effect: boolean | undefined;
    let operationId: string | undefined;
    let code: string | undefined;
    if (scanner.skip(STATUS)) status = scanner.count();
    else scanner.failed = true;
    if (this.more(REPLAYED)) this.flag();
    if (this.more(CODE)) code = scanner.frequentText();
    if (this.more(REVISION)) revision = scanner.count();
    if (this.more(STREAM_STATUS)) streamStatus = scanner.frequentText();
    if (this.more(RELEASED)) releasedAmount = scanner.digits();
    if (this.more(WITHDRAWN)) withdrawnAmount = scanner.digits();
    if (this.more(EFFECT)) effect = this.flag();
    if (this.more(OPERATION_ID)) operationId = scanner.text();
    if (this.more(BODY)) scanner.skipText();
    scanner.expect(END);
    return {
      status,
      revision,
      streamStatus,
      releasedAmount,
      withdrawnAmount,
      effect,
      operationId,
      code,
    };
  }

  /** Whether `,` and then the field `name` come next. If so, both are skipped. */
  private more(name: Uint8Array): boolean {
    const { scanner } = this;
    const { at } = scanner;
    if (scanner.skip(COMMA) && scanner.skip(name)) return true;
    scanner.at = at;
    return false;
  }

  private flag(): boolean {
    const { scanner } = this;
    if (scanner.skip(TRUE)) return true;
    scanner.expect(FALSE);
    return false;
  }
}

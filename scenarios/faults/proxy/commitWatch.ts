/** Follows one connection to the storage, and finds where it requests a commit and where the answer to that is. */
import type { TargetNetwork } from '../../../adapters/contract/index.ts';
import { PostgresqlWatch } from './postgresqlWatch.ts';
import type { CommitWatch } from './watch.ts';

/** How commits are recognized on their way to the storage. */
export type CommitSigns = Pick<TargetNetwork, 'protocol' | 'commit'>;

export function showsCommits(signs: CommitSigns | null): boolean {
  return signs !== null && (signs.commit !== undefined || signs.protocol !== undefined);
}

/** Returns the watch for a new connection. */
export function watchCommits({ commit, protocol }: CommitSigns): CommitWatch | undefined {
  if (protocol !== undefined) return new PostgresqlWatch();
  return commit === undefined ? undefined : new BytesWatch(commit);
}

/** Knows only the bytes that request a commit. The next bytes from the storage count as the answer. */
class BytesWatch implements CommitWatch {
  readonly #commit: Buffer;
  /** Bytes that may be the beginning of a commit. */
  #before: Buffer = Buffer.alloc(0);

  constructor(commit: string) {
    this.#commit = Buffer.from(commit);
  }

  request(chunk: Buffer): number {
    const known = this.#before.length;
    const bytes = Buffer.concat([this.#before, chunk]);
    const at = bytes.indexOf(this.#commit);
    const after = at === -1 ? bytes : bytes.subarray(at + this.#commit.length);
    this.#before = after.subarray(Math.max(0, after.length - this.#commit.length + 1));
    return at === -1 ? -1 : Math.max(0, at - known);
  }

  answer(): number {
    return 0;
  }
}

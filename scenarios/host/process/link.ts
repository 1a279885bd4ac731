/** The connection to a host, in its own process or in this process. */
import type { Beside } from '../beside/beside.ts';
import type { CommandName, Commands, LastWords, Note, Tell } from './commands.ts';
import type { LostHost } from '../language/history.ts';

export interface Link {
  /** Number of the process. */
  readonly process: number;
  /** How the host was lost. Undefined: it was not. */
  readonly lost: LostHost | undefined;
  /** Whether the host is gone because the run was stopped. Then its reports about the adapter do not count. */
  readonly isStopped: boolean;
  /** Rejects with TARGET_FAILED, HOST_LOST, INTERRUPTED when the run was stopped, or an error of the harness. */
  request<K extends CommandName>(command: K, input: Commands[K]['input']): Promise<Commands[K]['output']>;
  tell(tell: Tell): void;
  /** Passes the notes of one run, and the loss of the host, to `listener` until the returned function is called. */
  listen(run: number, listener: RunListener): () => void;
  /** What is known of the current run when the host was lost. */
  readonly lastWords: LastWords | undefined;
  /** Errors outside any call in the host since the last time, as far as its answers have reported them. */
  takeBeside(): Beside;
  /** Ends the host. Asks it first unless `atOnce`. Never rejects. */
  end(atOnce: boolean): Promise<void>;
}

export interface RunListener {
  note(note: Note): void;
  lost(): void;
}

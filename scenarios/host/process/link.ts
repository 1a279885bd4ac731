/** The way to a host, whether it is a process or in this one. */
import type { Beside } from '../beside/beside.ts';
import type { CommandName, Commands, LastWords, Note, Tell } from './commands.ts';
import type { LostHost } from '../language/program.ts';

export interface Link {
  /** Number of the process. */
  readonly process: number;
  /** How the host was lost, once it was. */
  readonly lost: LostHost | undefined;
  /** Whether it is gone because the run was stopped: then nothing that it says of the adapter is true. */
  readonly isStopped: boolean;
  /** Rejects with TARGET_FAILED, HOST_LOST, INTERRUPTED when the run was stopped, or an error of the harness. */
  request<K extends CommandName>(command: K, input: Commands[K]['input']): Promise<Commands[K]['output']>;
  tell(tell: Tell): void;
  /** Hears the notes of one run, and whether the host is lost meanwhile; until the returned function is called. */
  listen(run: number, listener: RunListener): () => void;
  /** Of a lost host: what is known of the run that was under way. */
  readonly lastWords: LastWords | undefined;
  /** What came beside the calls in the host since this was asked last, as far as its answers have told. */
  takeBeside(): Beside;
  /** Ends the host: asks it first unless `atOnce`. Never rejects. */
  end(atOnce: boolean): Promise<void>;
}

export interface RunListener {
  note(note: Note): void;
  lost(): void;
}

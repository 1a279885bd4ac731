/** What every command receives. */
import type { Terminal } from './terminal/terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Registers the status that the process will end with. */
  readonly done: (exitStatus: number) => void;
}

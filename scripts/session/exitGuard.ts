/**
 * Only a finished run decides the exit status. If something else ends the process earlier, such as an adapter that runs
 * in it and calls process.exit(0), that does not decide it.
 */
import { outgoing } from '../../reports/words/printable.ts';
import { ENVIRONMENT_STATUS } from '../errors.ts';

/** Code of an adapter that runs in this process. */
export interface Guest {
  /** The adapter's name, for the message. */
  readonly name: string;
  /** What lockstep has asked the adapter to do at the moment. */
  underWay(): string;
  /** Saves what is known of the run, synchronously, because nothing can be awaited any more. */
  keep(exitStatus: 1): void;
}

/** The function that Node.js calls last, whoever ends the process. */
const ending = process as unknown as { reallyExit: (code?: number) => never };
const VIOLATED_STATUS = 1;

/** The exit status of the run. Undefined: the run is not finished. */
let finalStatus: number | undefined;
let guest: Guest | undefined;
let hadGuest = false;
let told: number | undefined;

/** Call it first. Until `finish` is called, no end of this process counts as a finished run. */
export function guardExit(): void {
  process.exitCode = ENVIRONMENT_STATUS;
  const reallyExit = ending.reallyExit.bind(process);
  ending.reallyExit = (code) => reallyExit(finalStatus ?? tooEarly(code ?? 0));
  process.on('exit', (code) => {
    // Immediately, because a later listener could change the status again.
    if (finalStatus === undefined) reallyExit(tooEarly(code));
  });
}

/** Notes that an adapter runs in this process until the returned function is called. */
export function admitGuest(admitted: Guest): () => void {
  guest = admitted;
  hadGuest = true;
  return () => {
    guest = undefined;
  };
}

/** Ends the finished run with this exit status. */
export function finish(exitStatus: number): void {
  finalStatus = exitStatus;
  process.exitCode = exitStatus;
  // Resources that the adapter left behind would keep the process alive, and its listeners could change the status.
  if (hadGuest) process.exit(exitStatus);
}

/** Ends the process at once, because the user wants that. */
export function endNow(exitStatus: number): never {
  finalStatus = exitStatus;
  process.exit(exitStatus);
}

/** Reports the early end, once. Returns the exit status that replaces `code`. */
function tooEarly(code: number): number {
  if (told !== undefined) return told;
  told = guest === undefined ? ENVIRONMENT_STATUS : VIOLATED_STATUS;
  const how = `exit status ${code}`;
  if (guest === undefined) {
    process.stderr.write(
      `lockstep: the process ended (${how}) before its run was finished: nothing is decided.\n`,
    );
  } else {
    const what = `${guest.name} ended the process that it ran in (${how}) while ${guest.underWay()}`;
    const text = `lockstep: ${what}. Expected an adapter that leaves its process running.`;
    process.stderr.write(`${outgoing(text, false)}\n`);
    guest.keep(VIOLATED_STATUS);
  }
  return told;
}

/**
 * The exit status belongs to the finished run alone. Whatever ends the process before, such as an adapter that runs in it
 * and calls process.exit(0), does not choose it.
 */
import { outgoing } from '../../reports/words/printable.ts';
import { ENVIRONMENT_STATUS } from '../errors.ts';

/** Code of an adapter that runs in this process. */
export interface Guest {
  /** What it is called where it is blamed. */
  readonly name: string;
  /** What it is asked to do at the moment. */
  underWay(): string;
  /** Keeps what is known of the run, at once: nothing can be waited for any more. */
  keep(exitStatus: 1): void;
}

/** What Node.js calls last, whoever wants to end the process. */
const ending = process as unknown as { reallyExit: (code?: number) => never };
const VIOLATED_STATUS = 1;

/** What the run came to; undefined: it is not finished. */
let finalStatus: number | undefined;
let guest: Guest | undefined;
let hadGuest = false;
let told: number | undefined;

/** Call it first. Until `finish` no end of this process passes for a finished run. */
export function guardExit(): void {
  process.exitCode = ENVIRONMENT_STATUS;
  const reallyExit = ending.reallyExit.bind(process);
  ending.reallyExit = (code) => reallyExit(finalStatus ?? tooEarly(code ?? 0));
  process.on('exit', (code) => {
    // At once: a later listener could change the status again.
    if (finalStatus === undefined) reallyExit(tooEarly(code));
  });
}

/** An adapter runs in this process until the returned function is called. */
export function admitGuest(admitted: Guest): () => void {
  guest = admitted;
  hadGuest = true;
  return () => {
    guest = undefined;
  };
}

/** The run is finished, with this status. */
export function finish(exitStatus: number): void {
  finalStatus = exitStatus;
  process.exitCode = exitStatus;
  // What the adapter left behind would keep the process alive, and its listeners could change the status.
  if (hadGuest) process.exit(exitStatus);
}

/** Ends the process at once: the user wants it. */
export function endNow(exitStatus: number): never {
  finalStatus = exitStatus;
  process.exit(exitStatus);
}

/** Says so, once, and returns the status instead of `code`. */
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

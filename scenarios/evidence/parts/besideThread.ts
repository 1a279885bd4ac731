/** The entry point of the thread that helps to distribute evidence to parts. It handles one request after another. */
import { parentPort } from 'node:worker_threads';
import { checkFiles } from '../files.ts';
import { LockstepError } from '../../lockstepError.ts';
import type { BesideMessage, BesideRequest } from './beside.ts';
import { LineSpreader, type SpreadLines } from './spreadLines.ts';

const say = (message: BesideMessage, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, transfer);

let spreader: LineSpreader | undefined;

async function work(request: BesideRequest): Promise<unknown> {
  if ('check' in request) return await checkFiles(request.check.dir, request.check.header);
  if ('begin' in request) {
    spreader = new LineSpreader(request.begin, { onBytes: (bytes) => say({ bytes }) });
    return undefined;
  }
  if (spreader === undefined) throw new Error('Expected to be told where lines are spread to.');
  return 'journal' in request ? await spreader.journal(request.journal) : spreader.finish();
}

async function answer(request: BesideRequest): Promise<void> {
  const { id } = request;
  try {
    const done = await work(request);
    if (!('finish' in request)) return say({ id, answer: done });
    const { parents, names, places } = (done as SpreadLines).known;
    say(
      { id, answer: done },
      [parents, names, places].map(({ buffer }) => buffer as ArrayBuffer),
    );
    spreader = undefined;
  } catch (error) {
    const code = error instanceof LockstepError ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    say({ id, failure: { code, message } });
  }
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: BesideRequest) => {
  last = last.then(() => answer(request));
});

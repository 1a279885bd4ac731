/** The entry point of a thread that judges parts of evidence, one task after another. */
import { parentPort } from 'node:worker_threads';
import { hasCode } from '../../scenarios/lockstepError.ts';
import { buffersOf, doPart, type PartTask } from './partWork.ts';
import type { ThreadMessage } from './threads.ts';

function answer(task: PartTask): void {
  const say = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  try {
    const done = doPart(task);
    say({ answer: done }, buffersOf(done));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ failure: { message, isMalformed: hasCode(error, 'EVIDENCE_MALFORMED') } });
  }
}

parentPort?.on('message', answer);

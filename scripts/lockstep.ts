#!/usr/bin/env node
import { ENVIRONMENT_STATUS } from './errors.ts';
import { finish, guardExit } from './session/exitGuard.ts';
import { main } from './main.ts';

guardExit();

let status: number | undefined;
let isCut = false;

// A reader that has seen enough, as in `lockstep … | head`, or a terminal that is gone must not end a run half-way: what
// it started is still removed. Output that is lost for another reason, like a full disk, is no success.
const GONE = ['EPIPE', 'EIO'];
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
    if (GONE.includes(code) || isCut) return;
    isCut = true;
    if (stream === process.stdout)
      process.stderr.write(`lockstep: the output could not be written: ${message}\n`);
    if (status !== undefined) finish(status === 0 ? ENVIRONMENT_STATUS : status);
  });
}

status = await main(process.argv.slice(2), process);
if (isCut && status === 0) status = ENVIRONMENT_STATUS;
finish(status);

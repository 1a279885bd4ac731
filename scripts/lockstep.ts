#!/usr/bin/env node
import { finish, guardExit } from './exitGuard.ts';
import { main } from './main.ts';

guardExit();

// A reader that has seen enough, as in `lockstep … | head`, must not end a run half-way: what it started is still removed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

finish(await main(process.argv.slice(2), process));

/** The entry point of a host process. It exchanges lines of tagged JSON with its parent over a separate descriptor. */
import { writeSync } from 'node:fs';
import { CONTRACT_VERSION } from '../../../adapters/contract/index.ts';
import {
  CHANNEL_DESCRIPTOR,
  buildId,
  endOwnGroup,
  parentChannel,
  skewClock,
  startWatchdog,
} from '../../process/index.ts';
import { isNothing, listenForStrays } from '../beside/beside.ts';
import { decode, encode } from '../language/codec.ts';
import type { Answer, CommandName, Commands, Hello, Note, Reply, Request } from './commands.ts';
import { HostCore } from './core.ts';
import { hasCode } from '../../lockstepError.ts';
import { activeResources } from '../beside/resources.ts';
import { watchTimers } from '../running/timers.ts';

/** The exit status of a host that another build started, or that was not started by lockstep. */
const REFUSED = 70;
/** How long the process outlives its parent in order to stop a service, in milliseconds. */
const SERVICE_GRACE_MS = 20_000;
const NO_SERVICE_GRACE_MS = 2000;

const ownBuildId = buildId();
const watchdog = startWatchdog();
const channel = parentChannel({ line: receive, end: () => void leave() });
// Node opens these on first use. Opened here, they are not mistaken for the adapter's.
void [process.stdout, process.stderr];
const idleResources = activeResources();
const timers = watchTimers();
let core: HostCore | undefined;
let leaving = false;

function send(message: Reply | Note): void {
  channel.send(encode(message));
}

function receive(line: string): void {
  const request = decode(line) as Request;
  if ('tell' in request) core?.tell(request);
  else if (request.command === 'hello') greet(request.id, request.input as Hello);
  else void answer(request.id, request.command, request.input);
}

function greet(id: number, hello: Hello): void {
  if (hello.contractVersion !== CONTRACT_VERSION || hello.buildId !== ownBuildId) {
    send({
      id,
      refusal:
        `Expected a parent of build ${ownBuildId} (contract ${CONTRACT_VERSION}), got build ${hello.buildId} ` +
        `(contract ${hello.contractVersion}). lockstep was rebuilt while it ran; start it again.`,
    });
    leaving = true;
    process.exitCode = REFUSED;
    channel.end();
    return;
  }
  core = new HostCore({
    process: hello.process,
    note: send,
    idleResources,
    timers,
    setProcessClock: skewClock,
    setZone: (zone) => {
      process.env['TZ'] = zone;
    },
    mark: (step) => watchdog.mark(step),
    serving: (running) => watchdog.setGraceMs(running ? SERVICE_GRACE_MS : NO_SERVICE_GRACE_MS),
  });
  listenForStrays(hello.process, (stray) => core?.stray(stray));
  send({ id, output: null });
}

async function answer(id: number, command: CommandName, input: unknown): Promise<void> {
  watchdog.beat();
  let reply: Answer;
  try {
    if (core === undefined) throw new Error(`Expected hello first, got ${command}.`);
    const output = await core.handle(command, input as Commands[CommandName]['input']);
    reply = { id, output };
  } catch (error) {
    reply = hasCode(error, 'TARGET_FAILED')
      ? { id, failure: error.details }
      : { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const beside = core?.takeBeside();
  send(beside === undefined || isNothing(beside) ? reply : { ...reply, beside });
  if (command === 'close') {
    leaving = true;
    channel.end();
    setImmediate(() => process.exit(0));
  }
}

/** Ends everything, because the parent is gone. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  await core?.shutDown();
  endOwnGroup();
}

process.on('exit', () => {
  // The adapter is ending the process, so only a synchronous write still gets through.
  const note = leaving ? undefined : core?.lastNote();
  if (note === undefined) return;
  try {
    writeSync(CHANNEL_DESCRIPTOR, `${encode(note)}\n`);
  } catch {
    // The pipe is full or closed. The parent notices the exit anyway.
  }
});

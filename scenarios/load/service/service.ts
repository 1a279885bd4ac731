/** The process of one service: one opened instance of the target behind HTTP. A run starts it and sends it commands. */
import {
  codeOf,
  idOfIn,
  surfacesOf,
  type IdOf,
  type StorageAdapter,
  type Target,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { driveUnpaid } from '../../../adapters/protocol/index.ts';
import { CLOSE_BOUND_MS, loadTarget, OPEN_BOUND_MS } from '../../host/index.ts';
import { skewClock } from '../../process/index.ts';
import { learnSecrets } from '../../secrets.ts';
import { writeAudit } from './audit.ts';
import { probeAuthority, type AuthorityProbe } from './authorityProbe.ts';
import { deciding, migrate, sideOf, sidesOf } from './migrating.ts';
import { BesideJournal } from './besideJournal.ts';
import { serveCommands } from '../run/channel.ts';
import type {
  OpenCommand,
  ServiceClosed,
  ServiceCommand,
  ServiceEvent,
  ServiceOpened,
  ServiceStarted,
} from '../run/control.ts';
import { readCpu, tellCpu } from '../measuring/cpu.ts';
import { drainExports, seedExports } from './exports.ts';
import { openJournal, runClock, type JournalWriter } from './journal.ts';
import { journaledRail } from './operations.ts';
import { patient, within } from './patient.ts';
import { handle, type ApiContext } from './routes.ts';
import { listen, type RunningServer } from './server.ts';
import { seededStreams } from '../run/streams.ts';
import { Striker } from './striker.ts';

/** The longest that a request of a load waits for a lock, in milliseconds. */
const LOCK_TIMEOUT_MS = 5000;

let target: Target | undefined;
let opening: OpenCommand | undefined;
let adapter: StorageAdapter | undefined;
let journal: JournalWriter | undefined;
let context: ApiContext | undefined;
let server: RunningServer | undefined;
let cpu: ReturnType<typeof tellCpu> | undefined;
let probing: AuthorityProbe | undefined;
const beside = new BesideJournal();

// Also if an adapter ends the process.
process.once('exit', () => journal?.flush('kept'));

serveCommands(async (command: ServiceCommand, tell): Promise<unknown> => {
  switch (command.do) {
    case 'open':
      return await open(command);
    case 'serve':
      return await serve(command, tell);
    case 'arm':
      return opened(context).striker.arm(command.strike);
    case 'resume':
      return opened(context).striker.resume();
    case 'disarm':
      return opened(context).striker.disarm();
    case 'watch':
      return opened(context).striker.watch(command.stream);
    case 'skew':
      return skewClock(command.ms);
    case 'probe':
      return await probe(opened(context), command.stream);
    case 'seed':
      return await seed(patient(opened(adapter)), command);
    case 'cpu':
      return tell({ cpu: readCpu(opened(journal).now) });
    case 'idle':
      return await opened(server).idle();
    case 'drivePayouts':
      return await drivePayouts();
    case 'drainExports':
      return await drainExports(
        { adapter: patient(opened(adapter)), journal: opened(journal), service: opened(opening).service },
        command.longestLeaseMs,
      );
    case 'audit':
      return await audit(command);
    case 'migrate':
      return await migrate(opened(adapter), command);
    case 'decides':
      return await deciding(opened(adapter));
    case 'probeSides':
      return probeSides(command, tell);
    case 'stopProbing':
      return await probing?.stop();
    case 'close':
      return await close();
    default:
      throw new TypeError(`Unknown command: ${JSON.stringify(command satisfies never)}`);
  }
});

async function open(command: OpenCommand): Promise<ServiceOpened> {
  opening = command;
  learnSecrets(command.connection);
  target = await loadTarget(command.target);
  adapter = await openInstance();
  return { pid: process.pid, surfaces: surfacesOf(adapter) };
}

/** Returns how many it paid. An adapter without activity keeps no intents, so its effects owe no payouts. */
async function drivePayouts(): Promise<number> {
  if (opened(adapter).streamRepository?.activity === undefined) return 0;
  const rail = journaledRail(opened(journal));
  const options = { limit: Infinity, idOf: idOf() };
  return (await driveUnpaid(patient(opened(adapter)), rail, options)).driven.length;
}

async function openInstance(): Promise<StorageAdapter> {
  const { connection, namespace, service } = opened(opening);
  return await opened(target).open({ connection, namespace, clock: () => Date.now(), instance: service });
}

async function serve(
  command: Extract<ServiceCommand, { do: 'serve' }>,
  tell: (event: ServiceEvent) => void,
): Promise<ServiceStarted> {
  const { service } = opened(opening);
  journal = openJournal(command.journal, service, runClock(BigInt(command.epoch)), (unwritten) =>
    tell({ unwritten }),
  );
  beside.writeTo(journal);
  cpu = tellCpu(journal.now, (reading) => tell({ cpu: reading }));
  const api: ApiContext = {
    adapter: opened(adapter),
    service,
    workload: command.workload,
    journal,
    journalsAtOnce: !opened(target).capabilities.atomic || command.mayBeStruck,
    striker: new Striker((event) => {
      // The receiver may strike at once.
      opened(journal).flush('kept');
      tell(event);
    }),
    idOf: idOf(),
    ...(opened(target).capabilities.lockTimeout ? { lockTimeoutMs: LOCK_TIMEOUT_MS } : {}),
  };
  context = api;
  server = await listen((request, response) => handle(api, request, response), command.token, command.port);
  return { port: server.port };
}

function probeSides(
  { path, epoch, everyMs }: Extract<ServiceCommand, { do: 'probeSides' }>,
  tell: (event: ServiceEvent) => void,
): void {
  const sides = sidesOf(opened(adapter));
  const onUnwritten = (unwritten: string): void => tell({ unwritten });
  probing = probeAuthority({ sides, path, now: runClock(BigInt(epoch)), everyMs, onUnwritten });
}

/** Rejects with the adapter's error, for example because another caller still holds the lock. */
async function probe({ adapter, journal, lockTimeoutMs }: ApiContext, stream: string): Promise<number> {
  return await opened(adapter.streamRepository?.withLock?.bind(adapter.streamRepository))(
    stream,
    async () => journal.now(),
    defined({ timeoutMs: lockTimeoutMs }),
  );
}

async function seed(
  adapter: StorageAdapter,
  { range, rule, atOnce, exports }: Extract<ServiceCommand, { do: 'seed' }>,
): Promise<void> {
  const store = adapter.streamRepository?.streams;
  if (store === undefined) throw new Error('A load needs the surface streams.');
  const streams = seededStreams(range, rule, idOf()).values();
  const create = async (): Promise<void> => {
    for (const stream of streams) {
      try {
        await store.create(stream);
      } catch (error) {
        if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, create));
  await seedExports(adapter, exports, idOf());
}

async function audit({ reader, path, side }: Extract<ServiceCommand, { do: 'audit' }>): Promise<void> {
  const fresh = await within(openInstance, OPEN_BOUND_MS, 'open()');
  try {
    const read = side === undefined ? fresh : sideOf(fresh, side);
    await writeAudit(patient(read), reader, path);
  } finally {
    await within(() => fresh.close(), CLOSE_BOUND_MS, 'close()');
  }
}

/** Closes the journal last, so that it contains what the others do until they are closed. */
async function close(): Promise<ServiceClosed> {
  await probing?.stop();
  await server?.close();
  cpu?.stop();
  try {
    await adapter?.close();
    return await beside.end(openInstance);
  } finally {
    journal?.close();
  }
}

function idOf(): IdOf {
  return idOfIn(opened(target).idSpace);
}

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('This service is not open yet.');
  return value;
}

/** The service processes of a run. If one ends on its own, that is noted and the others continue. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surface } from '../../../adapters/contract/index.ts';
import type { BesideEntry, Reader } from '../../evidence.ts';
import { messageOf } from '../../host/language/caught.ts';
import { hasCode } from '../../lockstepError.ts';
import type { Worker } from './channel.ts';
import { CpuReadings } from '../measuring/cpu.ts';
import { endFor } from '../../evidence/ending.ts';
import type { CpuTold, DrivenService, ServiceCommand, ServiceEvent, ServiceOpened } from './control.ts';
import type { Hosting } from './hosting.ts';
import { AUDITOR, type Opening } from './opening.ts';
import type { Side } from '../service/migrating.ts';
import { mayBeStruck, type ResolvedLoad } from './options.ts';
import { answered, eventOf, OPENED, STARTED } from '../service/serviceSays.ts';
import type { StreamRange, StreamRule } from './streams.ts';
import { newToken } from '../service/token.ts';
import { closeService, endOf, howEnded, inSentence, startService } from './serviceProcess.ts';

/** The longest duration of each command to a service, in milliseconds. */
export const OPEN_MS = 60_000;
export const SEED_MS = 300_000;
/** The number of streams that are created at once: before the load, and during it, where they must not disturb it. */
const SEEDED_AT_ONCE = 16;
const PROVIDED_AT_ONCE = 2;
/** Longer than a healthy service needs, in milliseconds. If services share storage, another one is asked after that. */
const PROVIDE_MS = 3000;
const SERVE_MS = 10_000;
const CPU_MS = 1000;
/** How long to try to replace a process, in milliseconds. Its storage may be in trouble, too. */
const REPLACE_MS = 90_000;
const BETWEEN_TRIES_MS = 100;
/** Longer than any request waits for a lock, in milliseconds. */
export const IDLE_MS = 30_000;
export const AUDIT_MS = 300_000;
export interface LostService {
  readonly service: number;
  readonly how: string;
}

interface Running {
  readonly number: number;
  worker: Worker<ServiceCommand>;
  port: number;
  /** The journals of all its processes. */
  readonly journals: string[];
  /** Why no process could replace the one that ended. Undefined: one did, or none is needed. */
  unreplaced?: string | undefined;
}

export class Fleet {
  readonly cpu: CpuReadings = new CpuReadings();
  readonly #options: ResolvedLoad;
  readonly #hosting: Hosting;
  readonly #openingOf: (service: number) => Opening;
  readonly #services: Running[] = [];
  readonly #onEvent: (event: Exclude<ServiceEvent, CpuTold>) => void;
  readonly #besideAudit: BesideEntry[] = [];
  /** Other processes on the machine can reach the services' ports, and must not affect the judgement. */
  readonly #token = newToken();
  #epoch = 0n;
  #provided = 0;

  /**
   * `openingOf`: what an instance that opens now is opened with. `onEvent` is called with unsolicited messages of
   * services.
   */
  constructor(
    options: ResolvedLoad,
    hosting: Hosting,
    openingOf: (service: number) => Opening,
    onEvent: (event: Exclude<ServiceEvent, CpuTold>) => void,
  ) {
    this.#options = options;
    this.#hosting = hosting;
    this.#openingOf = openingOf;
    this.#onEvent = onEvent;
  }

  /** Starts every service and opens its instance. Returns their surfaces. */
  async open(): Promise<readonly Surface[]> {
    for (let number = 1; number <= this.#options.services; number += 1)
      this.#services.push({ number, worker: this.#start(number), port: 0, journals: [] });
    const opened = await Promise.all(this.#services.map(({ number, worker }) => this.#open(worker, number)));
    return opened[0]?.surfaces ?? [];
  }

  /** One service after another, so that shared storage is full when the second service comes. */
  async seed(streams: number, exports: readonly string[]): Promise<void> {
    const range = { from: 0, to: streams };
    for (const { worker } of this.#services)
      await worker.call({ do: 'seed', range, rule: this.#rule(), atOnce: SEEDED_AT_ONCE, exports }, SEED_MS);
  }

  /**
   * Creates streams during the load. If instances share storage, one service does so, another one each time; otherwise
   * every service does. Rejects if the creation failed.
   */
  async provide(range: StreamRange): Promise<void> {
    const alive = this.#alive();
    const isShared = this.#hosting.capabilities.crossInstance;
    const creators = isShared ? alive.slice((this.#provided += 1) % alive.length).slice(0, 1) : alive;
    if (creators.length === 0) throw new Error('Every service ended.');
    const command = { do: 'seed', range, rule: this.#rule(), atOnce: PROVIDED_AT_ONCE, exports: [] } as const;
    await Promise.all(creators.map(({ worker }) => worker.call(command, PROVIDE_MS)));
  }

  #rule(): StreamRule {
    const { mixture, workload } = this.#options;
    return { workload, statuses: mixture.statuses(workload) };
  }

  serve(epoch: bigint): Promise<DrivenService[]> {
    this.#epoch = epoch;
    return Promise.all(
      this.#services.map(async (service) => {
        await this.#serve(service);
        return { service: service.number, port: service.port, token: this.#token };
      }),
    );
  }

  /** Makes every service report its CPU time now. The report of a service that does not answer is missing. */
  async tellCpu(): Promise<void> {
    await Promise.allSettled(this.#alive().map(({ worker }) => worker.call({ do: 'cpu' }, CPU_MS)));
  }

  /** The process of a running service, to be struck. */
  worker(service: number): Worker<ServiceCommand> {
    return this.#running(service).worker;
  }

  /**
   * Starts a process in place of one that has ended. It listens at the same port. Like a supervisor, this tries again
   * while the storage refuses the new process. Rejects with the reason if no process can be started; the service is
   * lost then.
   */
  async replace(service: number): Promise<void> {
    const running = this.#running(service);
    const until = performance.now() + REPLACE_MS;
    for (;;) {
      await endService(running);
      try {
        running.worker = this.#start(service);
        await this.#open(running.worker, service);
        await this.#serve(running);
        running.unreplaced = undefined;
        return;
      } catch (error) {
        // A process without an open instance serves nobody, and must not be taken for one that does.
        await running.worker.end();
        running.unreplaced = messageOf(error);
        if (hasCode(error, 'INTERRUPTED') || performance.now() > until) throw error;
        await sleep(BETWEEN_TRIES_MS);
      }
    }
  }

  /** Replaces every lost service if possible. Others stay lost. */
  async replaceLost(): Promise<void> {
    for (const { service } of this.lost()) await this.replace(service).catch(() => {});
  }

  /** Like `replace`, for a running service: it answers the requests in progress before it ends. */
  async deploy(service: number): Promise<void> {
    await closeService(this.#running(service).worker);
    await this.replace(service);
  }

  /**
   * Waits until no service works on a request any more, because a driver may have given up on requests that still run.
   * Returns what went wrong, one line each.
   */
  async quiesce(): Promise<string[]> {
    const waits = this.#alive().map(({ worker }) => worker.call({ do: 'idle' }, IDLE_MS));
    return problemsOf(await Promise.allSettled(waits));
  }

  /**
   * Pays what effects promised and interrupted requests did not pay, through every surviving service in turn. Returns
   * what went wrong, one line each.
   */
  async drivePayouts(): Promise<string[]> {
    const problems: string[] = [];
    for (const { worker } of this.#alive())
      await worker
        .call({ do: 'drivePayouts' }, AUDIT_MS)
        .catch((error: unknown) => problems.push(messageOf(error)));
    return problems;
  }

  /**
   * Finishes the export jobs that the load has left, in all surviving services at once. Returns what went wrong, one
   * line each.
   */
  async drainExports(longestLeaseMs: number): Promise<string[]> {
    const drains = this.#alive().map(({ worker }) =>
      worker.call({ do: 'drainExports', longestLeaseMs }, AUDIT_MS),
    );
    return problemsOf(await Promise.allSettled(drains));
  }

  /**
   * Makes every surviving service read the whole storage, and also a new process if instances share storage. In a move,
   * each of `sides` is also read on its own. Returns what went wrong, one line each.
   */
  async audit(sides: readonly Side[]): Promise<string[]> {
    const audits: Promise<unknown>[] = this.#alive().map(({ number, worker }) => this.#audit(worker, number));
    if (this.#hosting.capabilities.crossInstance) audits.push(this.#auditFresh(sides));
    const settled = await Promise.allSettled(audits);
    const [first] = this.#alive();
    if (sides.length === 0 || this.#hosting.capabilities.crossInstance || first === undefined)
      return problemsOf(settled);
    return problemsOf([...settled, ...(await Promise.allSettled([this.#auditSides(first.worker, sides)]))]);
  }

  async #auditSides(worker: Worker<ServiceCommand>, sides: readonly Side[]): Promise<void> {
    for (const side of sides) await this.#audit(worker, side);
  }

  /** Services that ended before they were told to, or that could not be replaced. */
  lost(): readonly LostService[] {
    return this.#services.flatMap(({ number, unreplaced, worker: { exit, endedByItself } }) => {
      if (unreplaced !== undefined) return [{ service: number, how: unreplaced }];
      return exit !== undefined && endedByItself ? [{ service: number, how: howEnded(exit) }] : [];
    });
  }

  /** What has happened besides the calls so far and is not in a journal. */
  beside(): readonly BesideEntry[] {
    return [...this.#services.flatMap(({ worker }) => endOf(worker)), ...this.#besideAudit];
  }

  /** Drains, closes and ends every process. */
  async close(): Promise<void> {
    await Promise.all(
      this.#services.map(async (running) => {
        await closeService(running.worker);
        await endService(running);
      }),
    );
  }

  async #serve(running: Running): Promise<void> {
    const { workload, out } = this.#options;
    const earlier = running.journals.length;
    const process = earlier === 0 ? '' : `.${earlier + 1}`;
    const journal = join(out, `journal-${running.number}${process}.jsonl`);
    running.journals.push(journal);
    const epoch = String(this.#epoch);
    const started = await running.worker.call<unknown>(
      {
        do: 'serve',
        workload,
        epoch,
        journal,
        mayBeStruck: mayBeStruck(this.#options),
        port: running.port,
        token: this.#token,
      },
      SERVE_MS,
    );
    running.port = answered(running.worker, STARTED, started).port;
  }

  #start(service: number): Worker<ServiceCommand> {
    const worker = startService(`Service ${service}`, service, (said) => {
      const event = eventOf(said);
      if (event === undefined) return;
      if ('cpu' in event) this.cpu.add(worker, event.cpu);
      else this.#onEvent(event);
    });
    return worker;
  }

  #running(service: number): Running {
    return this.#services[service - 1] as Running;
  }

  #alive(): Running[] {
    return this.#services.filter(({ worker }) => worker.exit === undefined);
  }

  async #open(worker: Worker<ServiceCommand>, service: number): Promise<ServiceOpened> {
    const command = { do: 'open', ...this.#openingOf(service), service } as const;
    return answered(worker, OPENED, await worker.call<unknown>(command, OPEN_MS));
  }

  #audit(worker: Worker<ServiceCommand>, reader: Reader): Promise<null> {
    const path = join(this.#options.out, `audit-${reader}.json`);
    const side = reader === 'old' || reader === 'new' ? { side: reader } : {};
    return worker.call({ do: 'audit', reader, path, ...side }, AUDIT_MS);
  }

  async #auditFresh(sides: readonly Side[]): Promise<void> {
    const worker = startService('The auditing process', 0);
    try {
      await this.#open(worker, AUDITOR);
      await this.#audit(worker, 'fresh');
      await this.#auditSides(worker, sides);
    } finally {
      const where = inSentence(worker.name);
      const strays = (await closeService(worker)) ?? [];
      this.#besideAudit.push(...strays.map((stray) => ({ where, ...stray })), ...endOf(worker));
    }
  }
}

function problemsOf(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
}

/** Ends the process, and ends its journal if the process did not get to do so. */
async function endService({ worker, journals }: Running): Promise<void> {
  await worker.end();
  const journal = journals.at(-1);
  if (journal !== undefined && existsSync(journal)) await endFor(journal, howEnded(await worker.exited));
}

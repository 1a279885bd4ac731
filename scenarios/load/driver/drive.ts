/** One driver: sends the bundles of a plan through groups of connections, and records the outcome of each request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startAlarm, type Alarm } from './alarm.ts';
import { idOfRule, type IdOf } from '../../../adapters/contract/rules/ids.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import type { HttpRequest } from './connection.ts';
import { tellCpu } from '../measuring/cpu.ts';
import type { DriveCommand, DriverEvent, DriverPaced, DriverReport } from '../run/control.ts';
import { runClock, type RunClock } from '../service/journal.ts';
import { clientOf, Sender, Services, type Asked } from './sender.ts';
import { mixOf, type Bundle, type PlannedRequest } from '../mixes/index.ts';
import { Pacer, type Pacing } from './pacer.ts';
import { answerOf, openRecorder, type HistoryRecorder } from './recorder.ts';
import { exportRequest, getRequest, pathOf, prepareEffect, type PreparedEffect } from './requests.ts';
import { scanPages } from './scan.ts';
import { Stock } from './stock.ts';
import { streamId } from '../run/streams.ts';

/** A request of unknown outcome is repeated at least this often before it stays unknown. */
const UNKNOWN_REPEATS = 20;
/** The pause after round n is n times this, in milliseconds, so that a restarting storage is back in time. */
const REPEAT_PAUSE_MS = 25;
/** The longest pause. */
const LONGEST_PAUSE_MS = UNKNOWN_REPEATS * REPEAT_PAUSE_MS;
/** The latest time for a repeat, in milliseconds after the regular time for repeats. */
const REPEATS_LATE_MS = 30_000;
/** How often a driver reports its progress, in milliseconds. */
const PROGRESS_MS = 200;

type Effect = Extract<PlannedRequest, { kind: 'effect' }>;

/** A request that has not been answered yet. */
interface Pending extends Pick<HistoryEntry, 'f' | 'key' | 'args' | 'call'> {
  readonly sender: Sender;
}

interface UnknownEffect {
  readonly effect: Effect;
  readonly prepared: PreparedEffect;
}

export interface Drive {
  /**
   * Resolves when the plan is done, the time is over, or the driver was stopped, and unknown requests have been
   * repeated.
   */
  readonly done: Promise<DriverReport>;
  /** Notes that this many streams exist now. */
  provide(streams: number): void;
  /** See `pace` of DriverCommand. */
  pace(rate: number | null): DriverPaced;
  /** Plans no more requests. Idempotent. */
  stop(): void;
  /** Ends the history for a process that must end now. Requests in flight are recorded as unknown. */
  end(): void;
}

/** Starts driving. `tell` is called with the progress a few times per second. */
export function startDrive(command: DriveCommand, tell: (event: DriverEvent) => void): Drive {
  const driver = new Driver(command, tell);
  const timer = setInterval(() => tell({ operations: driver.answered }), PROGRESS_MS);
  return {
    done: driver.run().finally(() => clearInterval(timer)),
    provide: (streams) => driver.provide(streams),
    pace: (rate) => driver.pace(rate),
    stop: () => driver.stop(),
    end: () => driver.end(),
  };
}

class Driver {
  readonly #command: DriveCommand;
  readonly #tell: (event: DriverEvent) => void;
  readonly #now: RunClock;
  readonly #services: Services;
  readonly #recorder: HistoryRecorder;
  readonly #pacer: Pacer;
  readonly #stock: Stock;
  #alarm: Alarm | undefined;
  readonly #idOf: IdOf;
  readonly #plan: (driver: number, index: number) => Bundle;
  readonly #unknown: UnknownEffect[] = [];
  readonly #pending = new Set<Pending>();
  #index = 0;
  #planned = 0;
  #requests = 0;
  #clients = 0;
  answered = 0;
  #effects = 0;

  constructor(command: DriveCommand, tell: (event: DriverEvent) => void) {
    this.#command = command;
    this.#tell = tell;
    this.#now = runClock(BigInt(command.epoch));
    this.#idOf = idOfRule(command.ids);
    this.#services = new Services(command.services, command.revives);
    this.#recorder = openRecorder(command.history, command.workload, (unwritten) => tell({ unwritten }));
    this.#stock = new Stock(command.streams, (streams) => tell({ streams }));
    const { seed, workload, drivers, operations } = command;
    this.#plan = mixOf(command.mix).plan({
      seed,
      workload,
      drivers,
      operations,
      services: command.services.length,
    });
    const epoch = BigInt(command.epoch);
    this.#pacer = new Pacer(command, this.#now, (at) => this.#alarm?.set(epoch + BigInt(at)));
  }

  pace(rate: number | null): DriverPaced {
    const pacing = rate === null ? this.#pacer.pacing : this.#pacer.pace(rate);
    return { pacing, answered: this.answered, effects: this.#effects };
  }

  provide(streams: number): void {
    this.#stock.provide(streams);
  }

  stop(): void {
    this.#pacer.stop();
  }

  async run(): Promise<DriverReport> {
    const { connections, mix, services, rate, isStepped } = this.#command;
    const width = Math.min(connections, mixOf(mix).senders(services.length));
    if (rate !== null || isStepped) this.#alarm = await startAlarm(() => this.#pacer.ring());
    const cpuBefore = process.cpuUsage();
    const cpu = tellCpu(this.#now, (reading) => this.#tell({ cpu: reading }));
    const loadFrom = this.#now();
    this.#pacer.start();
    try {
      await Promise.all(
        Array.from({ length: Math.floor(connections / width) }, (_, group) => this.#runGroup(group, width)),
      );
      const loadTo = this.#now();
      cpu.stop();
      const { user, system } = process.cpuUsage(cpuBefore);
      await this.#repeatUnknown();
      return {
        operations: this.#planned,
        requests: this.#requests,
        loadFrom,
        loadTo,
        cpuShare: ((user + system) * 1000) / Math.max(1, loadTo - loadFrom),
        starvedMs: this.#stock.starvedMs,
        pacing: this.#pacing(),
        lag: this.#pacer.lag,
        unsettled: this.#unknown.length,
        lost: this.#services.gone,
      };
    } finally {
      this.#alarm?.close();
      this.#recorder.close();
    }
  }

  /** For a process that must end now: requests in flight have no answer yet. */
  end(): void {
    for (const pending of this.#pending) {
      const { sender, call, f, key, args } = pending;
      const { client, service } = sender;
      this.#recorder.record({ client, key, f, args, call, return: null, outcome: 'unknown', service });
    }
    this.#pending.clear();
    this.#recorder.close();
  }

  #sender(place: number): Sender {
    return new Sender({
      services: this.#services,
      place,
      timeoutMs: this.#command.timeoutMs,
      now: this.#now,
      nextClient: () => clientOf(this.#command.driver, (this.#clients += 1)),
    });
  }

  /** Sends bundle after bundle. The next one is sent when all requests of the last one are answered. */
  async #runGroup(group: number, width: number): Promise<void> {
    // Single connections are distributed over the services. The connections of a group each ask another service.
    const first = width === 1 ? group + this.#command.driver : group;
    const senders = Array.from({ length: width }, (_, sender) => this.#sender(first + sender));
    try {
      for (;;) {
        const bundle = this.#nextBundle();
        if (bundle === undefined) return;
        const isHeld = await this.#stock.holds(bundle, () => this.#isOver());
        const due = isHeld ? await this.#pacer.wait(bundle.length) : 'over';
        if (due === 'over' || this.#services.at(0) === undefined) {
          this.#planned -= bundle.length;
          return;
        }
        const intended = due === 'now' ? undefined : due;
        await Promise.all(
          senders.map((sender, number) => this.#runSender(sender, number, width, bundle, intended)),
        );
      }
    } finally {
      for (const sender of senders) sender.close();
    }
  }

  #isOver(): boolean {
    return this.#pacer.isOver || this.#services.at(0) === undefined;
  }

  /** After the end of the plan, no request is due any more. */
  #pacing(): Pacing {
    const { pacing } = this.#pacer;
    const { share } = this.#command;
    return share !== null && this.#planned >= share ? { ...pacing, due: pacing.sent } : pacing;
  }

  #nextBundle(): Bundle | undefined {
    const { driver, share } = this.#command;
    if (this.#isOver()) return undefined;
    if (share !== null && this.#planned >= share) return undefined;
    const bundle = this.#plan(driver, this.#index);
    this.#index += 1;
    this.#planned += bundle.length;
    return bundle;
  }

  async #runSender(
    sender: Sender,
    number: number,
    width: number,
    bundle: Bundle,
    intended: number | undefined,
  ): Promise<void> {
    // In an open loop, a sender's first request is due with its bundle, and each further one when the previous one is
    // answered.
    const dueOf = new Map<number, number>();
    for (const planned of bundle) {
      if (planned.sender % width !== number) continue;
      await this.#execute(
        sender,
        planned,
        intended === undefined ? undefined : (dueOf.get(planned.sender) ?? intended),
      );
      if (intended !== undefined) dueOf.set(planned.sender, this.#now());
      this.answered += 1;
    }
  }

  async #execute(sender: Sender, planned: PlannedRequest, intended: number | undefined): Promise<void> {
    switch (planned.kind) {
      case 'effect': {
        const prepared = prepareEffect(streamId(planned.stream, this.#idOf), planned);
        const outcome = await this.#attempt(sender, planned, prepared, intended);
        if (outcome === 'unknown') this.#unknown.push({ effect: planned, prepared });
        return;
      }
      case 'get': {
        const key = streamId(planned.stream, this.#idOf);
        await this.#request(sender, 'get', key, {}, getRequest(pathOf('streams', key)), intended);
        return;
      }
      case 'export':
      case 'work':
      case 'download': {
        const { key, args, http } = exportRequest(planned, this.#idOf);
        await this.#request(sender, planned.kind, key, args, http, intended);
        return;
      }
      case 'scan': {
        const entry = await scanPages(planned, (request) => {
          this.#requests += 1;
          return sender.ask(request);
        });
        if (entry !== undefined)
          this.#recorder.record({ ...entry, ...(intended === undefined ? {} : { intended }) });
        return;
      }
      default:
        throw new TypeError(`Unknown request: ${JSON.stringify(planned satisfies never)}`);
    }
  }

  #attempt(
    sender: Sender,
    effect: Effect,
    { http, args }: PreparedEffect,
    intended?: number,
  ): Promise<HistoryEntry['outcome'] | undefined> {
    return this.#request(sender, effect.operation, streamId(effect.stream, this.#idOf), args, http, intended);
  }

  /** Sends and records one request. Undefined: no service was left to ask. */
  async #request(
    sender: Sender,
    f: HistoryEntry['f'],
    key: string,
    args: HistoryEntry['args'],
    http: HttpRequest,
    intended?: number,
  ): Promise<HistoryEntry['outcome'] | undefined> {
    this.#requests += 1;
    const pending: Pending = { sender, f, key, args, call: this.#now() };
    this.#pending.add(pending);
    const asked = await sender.ask(http);
    this.#pending.delete(pending);
    if (asked === undefined) return undefined;
    return this.#record(f, key, args, asked, intended);
  }

  #record(
    f: HistoryEntry['f'],
    key: string,
    args: HistoryEntry['args'],
    asked: Asked,
    intended?: number,
  ): HistoryEntry['outcome'] {
    const { client, service } = asked;
    const answer = answerOf(f, asked);
    const due = intended === undefined ? {} : { intended };
    this.#recorder.record({ client, key, f, args, service, ...due, ...answer });
    if (answer.outcome === 'ok' && answer.result?.effect === true && answer.result.replayed !== true)
      this.#effects += 1;
    return answer.outcome;
  }

  /** Repeats requests of unknown outcome with their keys, in rounds, until their answers are definite. */
  async #repeatUnknown(): Promise<void> {
    const until = performance.now() + this.#command.repeatMs;
    for (let round = 1; this.#unknown.length > 0 && this.#services.at(0) !== undefined; round += 1) {
      const lateMs = performance.now() - until;
      if (lateMs >= (round > UNKNOWN_REPEATS ? 0 : REPEATS_LATE_MS)) return;
      for (const { effect, prepared } of this.#unknown.splice(0)) {
        const sender = this.#sender(round);
        const isLate = performance.now() >= until + REPEATS_LATE_MS;
        const outcome = isLate ? undefined : await this.#attempt(sender, effect, prepared);
        sender.close();
        // A `fail` says nothing about the first attempt, which may have had its effect.
        if (outcome !== 'ok') this.#unknown.push({ effect, prepared });
      }
      if (this.#unknown.length > 0) await sleep(Math.min(round * REPEAT_PAUSE_MS, LONGEST_PAUSE_MS));
    }
  }
}

/** One load, from starting the target to evidence on disk. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { idOfRule } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { EvidenceHeader } from '../../evidence.ts';
import { makeOutFolder } from '../../folders.ts';
import { fileReason } from '../../fileReason.ts';
import { messageOf } from '../../host/language/caught.ts';
import { hasCode, LockstepError } from '../../lockstepError.ts';
import { orStopped, runStopped } from '../../orStopped.ts';
import type { DriverReport } from './control.ts';
import { DESCRIPTION_FILE } from '../../evidence/description.ts';
import { evidenceUnwritten, type OnUnwritten } from '../../evidence/evidenceStream.ts';
import { exportName } from './exportName.ts';
import { needsProxies, repeatMs, strike, strikesOf } from '../../faults/strikes/faulted.ts';
import { describeFiles } from '../../evidence/files.ts';
import { joinLikeAudits } from '../../evidence/likeAudits.ts';
import { AUDIT_MS, Fleet, IDLE_MS, OPEN_MS, SEED_MS, type LostService } from './fleet.ts';
import { CLOSE_MS } from './serviceProcess.ts';
import { Generators } from './generators.ts';
import { writeHeader, type Knowledge } from './header.ts';
import { STOP_BOUND_MS } from '../../host/index.ts';
import { startHosting, type Hosting } from './hosting.ts';
import type { GeneratorShare } from '../measuring/measured.ts';
import { generatorShare, measuredOf } from '../measuring/measuring.ts';
import type { Scale } from '../mixes/index.ts';
import { STOCK, usesUpStreams } from '../mixes/window.ts';
import { MAX_STREAMS, Provider, type ProviderOptions } from './provider.ts';
import { Proxies } from './proxies.ts';
import {
  resolveLoad,
  resolveServices,
  type LoadOptions,
  type RequestedLoad,
  type ResolvedLoad,
} from './options.ts';
import { requireSurfaces } from './requireSurfaces.ts';
import { stepRates } from './stepping.ts';
import type { Strikes } from '../../faults/strikes/strikes.ts';
import { follow, openingsOf, type Course, type CourseField } from './course.ts';

export interface LoadOutcome {
  readonly out: string;
  readonly header: EvidenceHeader;
  /** From the first request to the last answer. */
  readonly durationMs: number;
  /** Why the load ended early. Absent: it did not. */
  readonly interrupted?: string;
  readonly generator: GeneratorReport;
  /** Services that ended on their own. */
  readonly lostServices: readonly LostService[];
}

export interface GeneratorReport extends GeneratorShare {
  readonly drivers: readonly DriverReport[];
  /** The longest time that a driver waited for streams to be created, in milliseconds. */
  readonly starvedMs: number;
}

/** What a load needs while it is running. */
interface Run {
  readonly known: Knowledge;
  /** Run in reverse order at the end, even if a phase failed. */
  readonly releases: (() => Promise<void>)[];
  readonly onUnwritten: OnUnwritten;
}

interface Driving {
  readonly generators: Generators;
  readonly course: Course | undefined;
  readonly field: CourseField;
}

/** Ends a phase early because the load cannot continue. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs one load and leaves its evidence in `out`. Every process that it starts has ended when it returns. With a `course`,
 * which goes without `faults`, it lasts until that is over, or for `durationMs`.
 *
 * @throws {@link LockstepError} with `USAGE` for bad options, and with the reason when the target cannot be loaded, started or
 *   opened, or the evidence cannot be written.
 *
 * @example
 * ```ts
 * import { runLoad } from 'lockstep/scenarios';
 *
 * const target = { spec: './target.ts', url: new URL('./target.ts', import.meta.url).href };
 * const load = { mix: 'hot-stream', drivers: 1, connections: 16, durationMs: 5_000, seed: 7 } as const;
 * await runLoad({ ...load, target, pg: 'embedded', out: 'evidence' });
 * ```
 */
export async function runLoad(options: LoadOptions, course?: Course): Promise<LoadOutcome> {
  const resolved = resolveLoad(options, course);
  if (existsSync(join(resolved.out, DESCRIPTION_FILE)))
    throw new LockstepError(
      'USAGE',
      `Expected a folder without evidence, but ${resolved.out} contains evidence. Choose another folder.`,
    );
  makeOutFolder(resolved.out);
  const known: Knowledge = {
    startedAt: new Date().toISOString(),
    surfaces: [],
    services: 1,
    streams: 0,
    provided: 0,
    exports: [],
    reports: [],
    lost: [],
    beside: [],
    interrupted: undefined,
    storageFailure: undefined,
    loadTo: 0,
  };
  const releases: (() => Promise<void>)[] = [];
  // A load whose evidence cannot be written is ended, because nobody could judge it.
  const full = new AbortController();
  const onUnwritten = (what: string): void => {
    known.unwritten ??= what;
    full.abort();
  };
  const signal = AbortSignal.any([full.signal, ...(resolved.signal === undefined ? [] : [resolved.signal])]);
  try {
    await hostAndExecute({ ...resolved, signal }, course, { known, releases, onUnwritten });
  } catch (error) {
    const wasStopped = hasCode(error, 'INTERRUPTED');
    // If its storage never ran, nothing is known about a target.
    const endsEarly = error instanceof Interrupted || (wasStopped && known.hosting !== undefined);
    if (known.unwritten === undefined && !endsEarly) throw unwrittenOr(error);
    known.interrupted ??= wasStopped ? 'it was stopped' : messageOf(error);
  } finally {
    resolved.onPhase?.({ what: 'closing the services and the storage', atMostMs: CLOSE_MS + STOP_BOUND_MS });
    await releaseAll(releases);
  }
  if (known.unwritten !== undefined) throw evidenceUnwritten(known.unwritten);
  try {
    await joinLikeAudits(resolved.out);
    const load = { ...resolved, services: known.services };
    const header = writeHeader(load, known, await describeFiles(resolved.out));
    return outcomeOf(resolved, known, header);
  } catch (error) {
    throw unwrittenOr(error);
  }
}

/** If the description of the evidence cannot be written, that is the error. */
function unwrittenOr(error: unknown): unknown {
  return hasCode(error, 'OUT_NOT_WRITABLE')
    ? evidenceUnwritten(`${DESCRIPTION_FILE}: ${fileReason(error.cause)}`, error.cause)
    : error;
}

async function hostAndExecute(requested: RequestedLoad, course: Course | undefined, run: Run): Promise<void> {
  const { known, releases } = run;
  // An abort does not interrupt this, because whatever it has started must be stopped.
  const hosting = await (course?.host(requested) ?? startHosting(requested));
  known.hosting = hosting;
  releases.push(async () => void known.beside.push(...(await hosting.end())));
  const options = resolveServices(requested, hosting.capabilities);
  known.services = options.services;
  await execute(options, course, hosting, run);
}

async function execute(
  options: ResolvedLoad,
  course: Course | undefined,
  hosting: Hosting,
  { known, releases, onUnwritten }: Run,
): Promise<void> {
  const { signal, services: count, onPhase = () => {} } = options;
  const namespace = `load_${randomBytes(6).toString('hex')}`;
  releases.push(() => hosting.destroy(namespace));
  const proxies = needsProxies(options, hosting) ? await Proxies.start(hosting, options.services) : undefined;
  if (proxies !== undefined) releases.push(() => proxies.close());
  let strikes: Strikes | undefined;
  const openingOf = openingsOf(course, options, { hosting, namespace, proxies });
  const fleet = new Fleet(options, hosting, openingOf, (event) => {
    if ('unwritten' in event) onUnwritten(event.unwritten);
    else (course ?? strikes)?.told(event);
  });
  releases.push(async () => {
    await fleet.close();
    known.lost = fleet.lost();
    known.beside.push(...fleet.beside());
  });
  let provider: Provider | undefined;
  // The drivers start while the services open their instances and create streams.
  const generators = new Generators(options, repeatMs(options, hosting.capabilities), hosting.ids, {
    onUnwritten,
    onNeed: (streams) => provider?.need(streams),
  });
  releases.push(() => generators.close());
  onPhase({ what: 'opening the services', atMostMs: OPEN_MS });
  if (course !== undefined) releases.push(() => course.close());
  known.surfaces = await orStopped(fleet.open(), signal);
  requireSurfaces(known.surfaces, hosting.capabilities, options);
  const scale = scaleOf(options);
  const idOf = idOfRule(hosting.ids);
  const planned = options.mixture.streams(scale);
  known.streams = Math.min(planned, STOCK);
  known.exports = Array.from({ length: options.mixture.exports?.jobs(scale) ?? 0 }, (_, job) =>
    idOf(exportName(job)),
  );
  onPhase({ what: `creating ${known.streams} streams through each service`, atMostMs: count * SEED_MS });
  await orStopped(fleet.seed(known.streams, known.exports), signal);

  const epoch = process.hrtime.bigint();
  const services = await orStopped(fleet.serve(epoch), signal);
  writeHeader(options, { ...known, interrupted: 'lockstep itself ended before the load did' }, []);
  onPhase({ what: 'driving' });
  const field = { fleet, hosting, namespace, proxies };
  const struck = await strikesOf(options, field, { driven: services, epoch, onUnwritten });
  strikes = struck;
  releases.push(async () => struck?.close());
  // How many streams a load that is limited by time will use up is unknown.
  const isOpen = options.operations === undefined && usesUpStreams(options.workload);
  const limit = isOpen ? MAX_STREAMS : planned;
  provider = providerOf(options, { stock: known.streams, limit }, fleet, generators);
  const pace: Generators['pace'] = (ratePerSecond) => generators.pace(ratePerSecond);
  const courseField = { options, fleet, hosting, namespace, driven: services, epoch, onUnwritten, pace };
  await drive({ generators, course, field: courseField }, known, struck);
  await provider.close();
  known.provided = provider.created - known.streams;
  if (known.unwritten === undefined) await endLoad(course, courseField, known);
}

function providerOf(
  { onNote }: ResolvedLoad,
  bounds: Pick<ProviderOptions, 'stock' | 'limit'>,
  fleet: Fleet,
  generators: Generators,
): Provider {
  return new Provider({
    ...bounds,
    create: (range) => fleet.provide(range),
    onCreated: (streams) => generators.provide(streams),
    onUsedUp: () => {
      onNote?.(`the load ends: its plan has used up ${bounds.limit} streams, and can have no more`);
      generators.stop();
    },
  });
}

/** Waits until no request is in progress, finishes what the load has left, and reads what the storage contains. */
async function endLoad(course: Course | undefined, field: CourseField, known: Knowledge): Promise<void> {
  const { options, hosting, fleet } = field;
  const { services: count, onPhase = () => {} } = options;
  onPhase({ what: 'waiting for requests under way', atMostMs: IDLE_MS });
  await requireStorage(hosting, options, known);
  if (fleet.lost().length === options.services) known.interrupted ??= 'every service ended';
  const problems = await fleet.quiesce();
  onPhase({ what: 'paying what is unpaid', atMostMs: count * AUDIT_MS });
  problems.push(...(await fleet.drivePayouts()));
  const { exports } = options.mixture;
  if (exports !== undefined) {
    onPhase({ what: 'ending the export jobs that are left', atMostMs: AUDIT_MS });
    problems.push(...(await fleet.drainExports(exports.longestLeaseMs)));
  }
  const unsettled = (await course?.settle(field)) ?? [];
  onPhase({ what: 'reading back what the storage holds', atMostMs: AUDIT_MS });
  problems.push(...unsettled, ...(await fleet.audit(unsettled.length === 0 ? (course?.alike ?? []) : [])));
  if (problems.length > 0) known.interrupted ??= `the audit failed: ${problems.join('; ')}`;
  await requireStorage(hosting, options, known);
}

/**
 * Checks the storage before the load is judged by its contents. Rejects with Interrupted if the storage is unreliable.
 */
async function requireStorage(hosting: Hosting, { faults }: ResolvedLoad, known: Knowledge): Promise<void> {
  const mayRestart = faults?.names.includes('restart-storage') === true;
  const failure = await hosting.storageFailure({ mayRestart });
  if (failure === undefined) return;
  known.storageFailure = failure;
  throw new Interrupted(`the storage cannot be relied on: ${failure}`);
}

/** Drives until the plan is done or the load is stopped, and then ends the drivers. Problems are noted, not thrown. */
async function drive(
  { generators, course, field }: Driving,
  known: Knowledge,
  strikes: Strikes | undefined,
): Promise<void> {
  const { options, fleet, driven: services, epoch } = field;
  const { signal } = options;
  if (signal?.aborted === true) throw runStopped();
  await fleet.tellCpu();
  const over = new AbortController();
  const stop = (): void => {
    known.interrupted ??= 'it was stopped';
    // Releases held requests and thaws processes, so that the drivers get their answers.
    over.abort();
    generators.stop();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const driving = generators.drive(services, epoch, known.streams);
  const striking = strike(strikes, options, over.signal, () => generators.stop());
  const following = follow(course, field, over.signal, () => generators.stop());
  const stepping = stepRates(options, generators, epoch, over.signal);
  try {
    known.reports = await driving;
  } catch (error) {
    known.interrupted ??= messageOf(error);
  } finally {
    signal?.removeEventListener('abort', stop);
    over.abort();
    await striking;
    known.interrupted ??= await following;
  }
  await fleet.tellCpu();
  const cpu = { services: fleet.cpu, drivers: generators.cpu };
  known.measured = measuredOf(options, known.reports, cpu, await stepping);
  known.loadTo = Number(process.hrtime.bigint() - epoch);
  // After one driver failed, the others are still running.
  await generators.close();
}

function scaleOf({ seed, workload, drivers, services, planned }: ResolvedLoad): Scale {
  return { seed, workload, drivers, services, operations: planned };
}

async function releaseAll(releases: (() => Promise<void>)[]): Promise<void> {
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
    // If one fails, the others must still run. Whatever it held ends with its process.
    await release().catch(() => {});
  }
}

function outcomeOf({ out }: RequestedLoad, known: Knowledge, header: EvidenceHeader): LoadOutcome {
  const { reports, interrupted, lost } = known;
  return {
    out,
    header,
    durationMs: (header.loadTo - header.loadFrom) / 1e6,
    ...defined({ interrupted }),
    generator: {
      drivers: reports,
      ...generatorShare(reports),
      starvedMs: Math.max(0, ...reports.map((report) => report.starvedMs)),
    },
    lostServices: lost,
  };
}

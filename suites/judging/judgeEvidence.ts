/**
 * Judges the evidence in a folder with bounded memory: small evidence as a whole, large evidence in parts. The
 * judgement is the same.
 */
import type { EvidenceHeader, Strike } from '../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import { readEvidenceHeader, sizeOfDescription } from '../../scenarios/evidence/description.ts';
import { checkFiles } from '../../scenarios/evidence/files.ts';
import { readHistoryOf } from '../../scenarios/evidence/parts/readPart.ts';
import { SpreadThread } from '../../scenarios/evidence/parts/beside.ts';
import {
  sizeOfEvidence,
  spreadEvidence,
  type SpreadEvidence,
  type SpreadOptions,
} from '../../scenarios/evidence/parts/spread.ts';
import { readCheckedEvidence } from '../../scenarios/evidence/readEvidence.ts';
import {
  summarizeCounts,
  summarizeLoad,
  type SummarizedLoad,
} from '../../scenarios/load/measuring/summary.ts';
import { runStopped } from '../../scenarios/orStopped.ts';
import { joinParts, judge, refuse, wholeOf } from '../judge/index.ts';
import { shownStreams } from '../judge/namedStreams.ts';
import { interestOf } from '../judge/rules/scans.ts';
import type { Judgement } from '../result.ts';
import { planMemory, requireRoom, tooLarge, type MemoryPlan } from './memory.ts';
import { doPart, type PartAnswer, type PartTask } from './partWork.ts';
import { judgeInThreads } from './threads.ts';

export interface JudgedEvidence extends SummarizedLoad {
  readonly header: EvidenceHeader;
  readonly strikes: readonly Strike[];
  readonly judgement: Judgement;
  /** The client histories of those streams that the judgement names and that are shown. */
  readonly shown: readonly HistoryEntry[];
}

export interface JudgingOptions {
  /** Ends the judging early. */
  readonly signal?: AbortSignal | undefined;
  /** The progress for large evidence: `12`, `of 480 MB of evidence sorted by stream`. */
  readonly onProgress?: (done: number, note: string) => void;
  readonly memory?: MemoryPlan;
  /** Judges the parts in this thread, one by one. For tests. */
  readonly withoutThreads?: boolean;
}

const MEGABYTE = 1024 * 1024;

/** Errors: those of readEvidence, EVIDENCE_TOO_LARGE, INTERRUPTED. */
export async function judgeEvidence(dir: string, options: JudgingOptions = {}): Promise<JudgedEvidence> {
  try {
    return await judgeFolder(dir, options);
  } catch (error) {
    const { signal } = options;
    throw signal?.aborted === true && error === signal.reason ? runStopped() : error;
  }
}

async function judgeFolder(dir: string, options: JudgingOptions): Promise<JudgedEvidence> {
  const { signal, onProgress, memory = planMemory(), withoutThreads = false } = options;
  requireRoom(await sizeOfDescription(dir), memory);
  const header = await readEvidenceHeader(dir);
  const bytes = await sizeOfEvidence(dir);
  const isLarge = bytes > memory.wholeBytes;
  const total = Math.ceil(bytes / MEGABYTE);
  if (!isLarge) return judgeWhole(dir, header, await checkFiles(dir, header));
  let read = 0;
  const onBytes = (more: number): void => {
    read += more;
    onProgress?.(Math.round(read / MEGABYTE), `of ${total} MB of evidence sorted by stream`);
  };
  const spreading = { header, partBytes: memory.partBytes, signal, onBytes };
  const { spread, cut } = await (withoutThreads ? spreadAlone : spreadBeside)(dir, spreading);
  try {
    return await judgeSpread(spread, cut, { ...options, memory });
  } finally {
    spread.close();
  }
}

interface CheckedSpread {
  readonly spread: SpreadEvidence;
  readonly cut: readonly string[];
}

async function spreadAlone(dir: string, options: SpreadOptions): Promise<CheckedSpread> {
  const cut = await checkFiles(dir, options.header);
  return { cut, spread: await spreadEvidence(dir, options) };
}

/** A second thread sorts the journals, and then compares all files with their description. */
async function spreadBeside(dir: string, options: SpreadOptions): Promise<CheckedSpread> {
  const beside = new SpreadThread();
  try {
    const spreading = spreadEvidence(dir, { ...options, beside });
    // The journals come first, because this thread waits for them.
    const begun = Promise.race([beside.spread, spreading.catch(() => {})]);
    const [checked, spread] = await Promise.allSettled([
      begun.then(() => beside.checkFiles(dir, options.header)),
      spreading,
    ]);
    // Changed files may also be malformed. The change is reported first.
    if (checked.status === 'fulfilled' && spread.status === 'fulfilled')
      return { cut: checked.value, spread: spread.value };
    if (spread.status === 'fulfilled') spread.value.close();
    throw checked.status === 'rejected' ? checked.reason : (spread as PromiseRejectedResult).reason;
  } finally {
    await beside.close();
  }
}

async function judgeWhole(
  dir: string,
  header: EvidenceHeader,
  cut: readonly string[],
): Promise<JudgedEvidence> {
  const evidence = await readCheckedEvidence(dir, header, cut);
  const judgement = judge(evidence);
  const names = shownStreams(judgement);
  return {
    header,
    strikes: evidence.strikes ?? [],
    judgement,
    ...summarizeLoad(evidence),
    shown: evidence.history.filter(({ key }) => names.has(key)),
  };
}

async function judgeSpread(
  spread: SpreadEvidence,
  cut: readonly string[],
  options: JudgingOptions & { readonly memory: MemoryPlan },
): Promise<JudgedEvidence> {
  const { header, parts, strikes } = spread;
  const { memory } = options;
  for (const { bytes } of parts) if (bytes > memory.maxBytes) throw tooLarge(bytes, memory);
  const whole = wholeOf(spread, { strikes });
  const answers = await judgeParts(spread, whole.gaps, options);
  const judged = answers.map((answer) => answer.judged);
  const counts = answers.map((answer) => answer.counts);
  const refusal = refuse({ header, ...(cut.length === 0 ? {} : { cut }) });
  const judgement = refusal ?? joinParts(whole, judged);
  const names = shownStreams(judgement);
  const sources = new Set([...names].map((name) => spread.partOf(name)));
  return {
    header,
    strikes,
    judgement,
    ...summarizeCounts(header, counts),
    shown: [...sources]
      .flatMap((source) => readHistoryOf(source, names))
      .sort((a, b) => a.place - b.place)
      .map(({ entry }) => entry),
  };
}

/** The first part contains all scans. They decide what must be collected from the others. */
async function judgeParts(
  { parts }: SpreadEvidence,
  gaps: PartTask['gaps'],
  { signal, memory, withoutThreads = false, onProgress }: JudgingOptions & { readonly memory: MemoryPlan },
): Promise<PartAnswer[]> {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  let done = 0;
  const onJudged = (): void => onProgress?.((done += 1), `of ${parts.length} parts of the evidence judged`);
  const run = async (tasks: readonly PartTask[]): Promise<PartAnswer[]> =>
    withoutThreads ? tasks.map(doPart) : judgeInThreads(tasks, { memory, signal, onJudged });
  const [answer] = await run([{ source: first, gaps, interest: undefined }]);
  if (answer === undefined) return [];
  const interest = interestOf(answer.judged.scans);
  return [answer, ...(await run(others.map((source) => ({ source, gaps, interest }))))];
}

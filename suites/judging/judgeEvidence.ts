/**
 * Judges the evidence in a folder in bounded memory: what is small as a whole, what is large part by part. The judgement
 * is the same.
 */
import type { EvidenceHeader, HistoryEntry, Strike } from '../../scenarios/evidence.ts';
import { readEvidenceHeader } from '../../scenarios/load/description.ts';
import { checkFiles } from '../../scenarios/load/files.ts';
import { readHistoryOf } from '../../scenarios/load/parts/readPart.ts';
import { sizeOfEvidence, spreadEvidence, type PartSource } from '../../scenarios/load/parts/spread.ts';
import { readCheckedEvidence } from '../../scenarios/load/readEvidence.ts';
import { summarizeCounts, summarizeLoad, type LoadSummary } from '../../scenarios/load/summary.ts';
import { joinParts, judge, refuse, wholeOf } from '../judge/index.ts';
import { shownStreams } from '../judge/namedStreams.ts';
import { interestOf } from '../judge/scans.ts';
import type { Judgement } from '../result.ts';
import { planMemory, tooLarge, type MemoryPlan } from './memory.ts';
import { doPart, type PartAnswer, type PartTask } from './partWork.ts';
import { judgeInThreads } from './threads.ts';

export interface JudgedEvidence {
  readonly header: EvidenceHeader;
  readonly strikes: readonly Strike[];
  readonly judgement: Judgement;
  readonly summary: LoadSummary;
  /** What clients saw of the streams that are shown of those that the judgement names. */
  readonly shown: readonly HistoryEntry[];
}

export interface JudgingOptions {
  /** Ends it early: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly memory?: MemoryPlan;
  /** Parts are judged in this thread, one by one; for tests. */
  readonly withoutThreads?: boolean;
}

/** Errors: those of readEvidence, EVIDENCE_TOO_LARGE. */
export async function judgeEvidence(
  dir: string,
  { signal, memory = planMemory(), withoutThreads = false }: JudgingOptions = {},
): Promise<JudgedEvidence> {
  const header = await readEvidenceHeader(dir);
  const cut = await checkFiles(dir, header);
  if ((await sizeOfEvidence(dir)) <= memory.wholeBytes) {
    const evidence = await readCheckedEvidence(dir, header, cut);
    const judgement = judge(evidence);
    const names = shownStreams(judgement);
    return {
      header,
      strikes: evidence.strikes ?? [],
      judgement,
      summary: summarizeLoad(evidence),
      shown: evidence.history.filter(({ key }) => names.has(key)),
    };
  }
  const spread = await spreadEvidence(dir, { header, partBytes: memory.partBytes, signal });
  try {
    const { parts, strikes, operations, journaled, readers } = spread;
    for (const { bytes } of parts) if (bytes > memory.mostBytes) throw tooLarge(bytes, memory);
    const whole = wholeOf({ header, operations, journaled, readers }, { strikes });
    const answers = await judgeParts(parts, (source, interest) => ({ source, gaps: whole.gaps, interest }), {
      signal,
      memory,
      withoutThreads,
    });
    const refusal = refuse({ header, ...(cut.length === 0 ? {} : { cut }) });
    const judgement =
      refusal ??
      joinParts(
        whole,
        answers.map(({ judged }) => judged),
      );
    const names = shownStreams(judgement);
    const sources = new Set([...names].map((name) => spread.partOf(name)));
    return {
      header,
      strikes,
      judgement,
      summary: summarizeCounts(
        header,
        answers.map(({ counts }) => counts),
      ),
      shown: [...sources]
        .flatMap((source) => readHistoryOf(source, names))
        .sort((a, b) => a.place - b.place)
        .map(({ entry }) => entry),
    };
  } finally {
    spread.close();
  }
}

/** The first part holds all scans, and what they make it worth while to know of the others. */
async function judgeParts(
  parts: readonly PartSource[],
  taskOf: (source: PartSource, interest: PartTask['interest']) => PartTask,
  {
    signal,
    memory,
    withoutThreads,
  }: Required<Pick<JudgingOptions, 'memory' | 'withoutThreads'>> & JudgingOptions,
): Promise<PartAnswer[]> {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const run = async (tasks: readonly PartTask[]): Promise<PartAnswer[]> =>
    withoutThreads ? tasks.map(doPart) : judgeInThreads(tasks, memory, signal);
  const [answer] = await run([taskOf(first, undefined)]);
  if (answer === undefined) return [];
  const interest = interestOf(answer.judged.scans);
  return [answer, ...(await run(others.map((source) => taskOf(source, interest))))];
}

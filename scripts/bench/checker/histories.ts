/**
 * The public histories: verdicts and times of lockstep and of the Go checker, run in turns, so that both meet the same
 * load.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkHistory } from '../../../suites/checker/checkHistory.ts';
import type { CheckVerdict, History } from '../../../suites/checker/result.ts';
import { loadHistory } from '../../../suites/judging/histories.ts';
import { distUrl } from '../../paths.ts';
import { medianOf } from '../../../scenarios/median.ts';
import { range } from './figures.ts';
import { startPorcupine, type Answer, type Porcupine } from './porcupine.ts';

const ROUNDS = 7;
const FOLDER = fileURLToPath(new URL('../suites/checker/testing/histories/', distUrl('')));
const LIMITS = { timeoutMs: 60_000, explainMs: 0, memoryBytes: 2 ** 31, clock: () => performance.now() };

interface Row {
  readonly name: string;
  readonly history: History;
  readonly expected: CheckVerdict;
  readonly ours: Answer[];
  readonly theirs: Answer[];
  operations: number;
  steps: number;
}

export async function compareHistories(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const started = startPorcupine(dir);
  const porcupine = typeof started === 'string' ? undefined : started;
  try {
    console.log(
      typeof started === 'string' ? started : `Compared with ${started.name}, ${ROUNDS} rounds in turns.`,
    );
    const rows = await loadRows();
    for (let round = 0; round < ROUNDS; round += 1) for (const row of rows) await measure(row, porcupine);
    print(rows, porcupine !== undefined);
  } finally {
    porcupine?.[Symbol.dispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function loadRows(): Promise<Row[]> {
  const expected = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Record<
    string,
    { readonly verdict: CheckVerdict }
  >;
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));
  const rows: Row[] = [];
  for (const name of names.toSorted()) {
    const history = await loadHistory({ cwd: FOLDER, name });
    const verdict = expected[name]?.verdict ?? 'unknown';
    rows.push({ name, history, expected: verdict, ours: [], theirs: [], operations: 0, steps: 0 });
  }
  return rows;
}

async function measure(row: Row, porcupine: Porcupine | undefined): Promise<void> {
  const { verdict, operations, steps, decidedMs } = checkHistory(row.history, LIMITS);
  row.operations = operations;
  row.steps = steps;
  row.ours.push({ verdict, ms: decidedMs });
  if (porcupine !== undefined) row.theirs.push(await porcupine.check(join(FOLDER, row.name)));
}

function print(rows: readonly Row[], compared: boolean): void {
  const time = (answers: readonly Answer[]): number => medianOf(answers.map(({ ms }) => ms));
  const verdictOf = (answers: readonly Answer[]): string =>
    [...new Set(answers.map(({ verdict }) => verdict))].join(' or ');
  const head = ['history', 'operations', 'expected', 'lockstep', 'steps', 'ms'];
  const theirHead = compared ? ['Porcupine', 'ms', 'ratio'] : [];
  console.log(
    `\n| ${[...head, ...theirHead].join(' | ')} |\n|${[...head, ...theirHead].map(() => '---|').join('')}`,
  );
  for (const { name, operations, expected, steps, ours, theirs } of rows) {
    const own = [
      name.replace('.jsonl', ''),
      operations,
      expected,
      verdictOf(ours),
      steps,
      time(ours).toFixed(2),
    ];
    const other = compared
      ? [verdictOf(theirs), time(theirs).toFixed(2), (time(ours) / time(theirs)).toFixed(2)]
      : [];
    console.log(`| ${[...own, ...other].join(' | ')} |`);
  }
  const sums = (of: (row: Row) => readonly Answer[]): number[] =>
    Array.from({ length: ROUNDS }, (_, round) =>
      rows.reduce((sum, row) => sum + (of(row)[round]?.ms ?? 0), 0),
    );
  const ours = sums((row) => row.ours);
  const theirs = sums((row) => row.theirs);
  const right = rows.filter((row) => verdictOf(row.ours) === row.expected).length;
  console.log(`\n${right} of ${rows.length} verdicts as expected. All together ${range(ours)} ms`);
  if (!compared) return;
  const ratios = ours.map((ms, round) => ms / (theirs[round] ?? ms));
  console.log(`Porcupine ${range(theirs)} ms; ratio of each round's sums ${range(ratios)}`);
}

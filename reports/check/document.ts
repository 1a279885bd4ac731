/** Checked histories as a document: the verdict, a timeline of each key, and what is wrong in words. */
import type { SequentialModel } from '../../suites/checker/operation.ts';
import type { CheckVerdict, KeyResult, UnknownReason } from '../../suites/checker/result.ts';
import { commandLine } from '../words/commandLine.ts';
import type { ArticleBlock, Block, Chapter, ReportDocument, VerdictBlock } from '../document/model.ts';
import { formatCount, plural } from '../words/format.ts';
import type { CheckedFile } from './model.ts';
import { pictureOf } from './picture.ts';
import { keyTexts } from './timeline/keyTexts.ts';
import { pageData } from './timeline/pageData.ts';
import {
  AS_VERDICT,
  factsOf,
  freeTexts,
  illegalText,
  listed,
  NO_TIME_TEXT,
  UNANSWERED_TEXT,
  UNKNOWN_TEXTS,
  unwrittenTexts,
  versionTexts,
  whyTexts,
} from './words.ts';

/** The most keys to describe in words. */
const MAX_TOLD = 20;

export interface CheckedFiles {
  readonly files: readonly CheckedFile[];
  readonly lockstepVersion: string;
}

export function checkDocument({ files, lockstepVersion }: CheckedFiles): ReportDocument {
  const only = files.length === 1 ? files[0] : undefined;
  return {
    about: [`lockstep ${lockstepVersion} check`],
    status: AS_VERDICT[overall(files)],
    headline: headlineOf(files),
    repeat: commandLine(
      'check',
      files.map(({ name }) => name),
    ),
    summary: only === undefined ? [] : factBlocks(only),
    chapters: [
      ...(only === undefined ? [fileChapter(files)] : []),
      {
        id: 'timeline',
        title: 'Timeline',
        blocks: [
          {
            kind: 'histories',
            files: pageData(files),
            words: files.map(({ name, result }) => ({
              title: name,
              texts: result.keys
                .filter(({ verdict }) => verdict === 'illegal')
                .slice(0, MAX_TOLD)
                .map((key) => `key ${JSON.stringify(key.key)}: ${keyTexts(result.model, key).join(' ')}`),
            })),
          },
        ],
      },
      ...wrongChapter(files),
    ],
  };
}

/** Blocks for one file, as soon as it is checked: its verdict, and each key that is not ok with the reason. */
export function checkedBlocks(file: CheckedFile): Block[] {
  const { model, keys, verdict, reason } = file.result;
  const head: VerdictBlock = {
    kind: 'verdict',
    status: AS_VERDICT[verdict],
    name: file.name,
    says: verdict,
    beside: factsOf(file.result),
    more: unanswered(file),
  };
  if (reason !== undefined) return [head];
  return [
    head,
    ...keys.filter((key) => key.verdict === 'illegal').map((key) => keyArticle(model, key)),
    ...UNKNOWN_REASONS.flatMap((why) =>
      unknownBlocks(
        keys.filter((key) => key.reason === why),
        why,
      ),
    ),
  ];
}

function factBlocks(file: CheckedFile): Block[] {
  const { result } = file;
  return [{ kind: 'prose', tone: 'quiet', text: factsOf(result) }, ...unanswered(file)];
}

function unanswered({ result }: CheckedFile): Block[] {
  return result.reason === undefined ? [] : [{ kind: 'prose', text: UNANSWERED_TEXT }];
}

/** Illegal if any file is illegal, else unknown if any is unknown. */
function overall(files: readonly CheckedFile[]): CheckVerdict {
  const verdicts = files.map(({ result }) => result.verdict);
  return (['illegal', 'unknown'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'ok';
}

const VERDICT_TEXTS: Readonly<Record<CheckVerdict, string>> = {
  ok: 'linearizable',
  illegal: 'not linearizable',
  unknown: 'not decided',
};

function headlineOf(files: readonly CheckedFile[]): string {
  const [only] = files;
  if (files.length === 1 && only !== undefined)
    return `${only.name} is ${VERDICT_TEXTS[only.result.verdict]}`;
  const counts = (['illegal', 'unknown', 'ok'] as const).flatMap((verdict) => {
    const count = files.filter(({ result }) => result.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${VERDICT_TEXTS[verdict]}`];
  });
  return `${plural(files.length, 'history', 'histories')}: ${counts.join(', ')}`;
}

function fileChapter(files: readonly CheckedFile[]): Chapter {
  return {
    id: 'files',
    title: 'Histories',
    blocks: [
      {
        kind: 'checks',
        noun: 'file',
        targets: ['verdict'],
        rows: files.map(({ name, result }) => ({
          id: name,
          text: factsOf(result),
          results: [{ status: AS_VERDICT[result.verdict], says: result.verdict }],
        })),
      },
    ],
  };
}

function wrongChapter(files: readonly CheckedFile[]): Chapter[] {
  const illegal = files.flatMap(({ name, result }) =>
    result.keys
      .filter(({ verdict }) => verdict === 'illegal')
      .map((key) => ({ of: files.length === 1 ? '' : ` of ${name}`, model: result.model, key })),
  );
  if (illegal.length === 0) return [];
  const left = illegal.length - MAX_TOLD;
  return [
    {
      id: 'wrong',
      title: 'What is wrong, in words',
      blocks: [
        ...illegal.slice(0, MAX_TOLD).map(({ of, model, key }) => {
          const article = keyArticle(model, key);
          return { ...article, name: article.name + of };
        }),
        ...(left > 0
          ? [{ kind: 'prose', tone: 'quiet', text: `And ${plural(left, 'more illegal key')}.` } as const]
          : []),
      ],
    },
  ];
}

function keyArticle(model: SequentialModel, key: KeyResult): ArticleBlock {
  return {
    kind: 'article',
    status: 'violated',
    name: `key ${JSON.stringify(key.key)}`,
    title: 'illegal',
    blocks: [
      ...[illegalText(key), ...versionTexts(model, key)].map(say),
      ...(key.unwritten === undefined ? pictured(model, key) : unwrittenTexts(model, key).map(say)),
    ],
  };
}

function pictured(model: SequentialModel, key: KeyResult): Block[] {
  const picture = pictureOf(model, key);
  if (picture === undefined) return [say(NO_TIME_TEXT)];
  const { lanes, hidden } = picture;
  return [
    { kind: 'lanes', lanes, about: illegalText(key), isWhole: true },
    ...freeTexts(model, picture).map(say),
    ...(hidden === 0 ? [] : [say(`${plural(hidden, 'more operation')} not drawn.`)]),
    ...whyTexts(model, picture).map(say),
  ];
}

function say(text: string): Block {
  return { kind: 'prose', text };
}

const UNKNOWN_REASONS = ['time', 'memory', 'interrupted', 'elsewhere'] as const satisfies UnknownReason[];

/** Keys with the same reason, in one sentence. */
function unknownBlocks(keys: readonly KeyResult[], reason: UnknownReason): Block[] {
  if (keys.length === 0) return [];
  const names = listed(keys.map((key) => JSON.stringify(key.key)));
  const noun = keys.length === 1 ? 'key' : plural(keys.length, 'key');
  return [
    {
      kind: 'prose',
      text: [{ status: 'inconclusive', text: `${noun} ${names}` }, `  unknown: ${UNKNOWN_TEXTS[reason]}`],
    },
  ];
}

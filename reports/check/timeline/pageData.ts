/** The page's data for all files: the most informative keys first, and no more than a browser can handle. */
import type { CheckVerdict, KeyResult } from '../../../suites/checker/result.ts';
import { formatCount, plural, printable } from '../../words/format.ts';
import type { CheckedFile } from '../model.ts';
import { keyTimeline, type KeyTimeline } from './data.ts';
import { keyTexts } from './keyTexts.ts';

/** The most operations to draw for one key, and for all keys together. */
export const MAX_KEY_OPERATIONS = 20_000;
const MAX_PAGE_OPERATIONS = 100_000;
/** The most keys of all files that a user can choose from. */
const MAX_PAGE_KEYS = 5000;

/** A key without its operations, for which the page has no room. */
type UndrawnKey = Pick<KeyTimeline, 'key' | 'verdict' | 'operations' | 'words'>;

export interface FileTimelines {
  readonly name: string;
  readonly verdict: CheckVerdict;
  /** Illegal keys first, then undecided ones. */
  readonly keys: readonly (KeyTimeline | UndrawnKey)[];
}

const ORDER: readonly CheckVerdict[] = ['illegal', 'unknown', 'ok'];

export function pageData(files: readonly CheckedFile[]): FileTimelines[] {
  const pages = files.map(({ name, result }) => ({
    name: printable(name),
    verdict: result.verdict,
    keys: [] as (KeyTimeline | UndrawnKey)[],
  }));
  let keys = 0;
  let operations = 0;
  for (const verdict of ORDER) {
    for (const [index, { result }] of files.entries()) {
      const list = pages[index]?.keys as (KeyTimeline | UndrawnKey)[];
      const ofVerdict = result.keys.filter((key) => key.verdict === verdict);
      for (const [place, key] of ofVerdict.entries()) {
        if (keys >= MAX_PAGE_KEYS) {
          list.push(moreKeys(ofVerdict.slice(place)));
          break;
        }
        const size = Math.min(key.operations.length, MAX_KEY_OPERATIONS);
        const isDrawn = operations + size <= MAX_PAGE_OPERATIONS;
        list.push(
          isDrawn
            ? keyTimeline(result.model, key, MAX_KEY_OPERATIONS)
            : undrawn(keyTexts(result.model, key), key),
        );
        keys += 1;
        if (isDrawn) operations += size;
      }
    }
  }
  return pages;
}

function undrawn(words: readonly string[], { key, verdict, operations }: KeyResult): UndrawnKey {
  const full = `Not drawn: the page is full, with ${formatCount(MAX_PAGE_OPERATIONS)} operations at most. Put this key into a file of its own to see it.`;
  return {
    key: printable(JSON.stringify(key)),
    verdict,
    operations: operations.length,
    words: [...words, full].map((text) => printable(text)),
  };
}

function moreKeys(keys: readonly KeyResult[]): UndrawnKey {
  return {
    key: plural(keys.length, 'more key'),
    verdict: keys[0]?.verdict ?? 'ok',
    operations: keys.reduce((sum, key) => sum + key.operations.length, 0),
    words: [`Not on this page, which holds ${formatCount(MAX_PAGE_KEYS)} keys at most.`],
  };
}

/** The page's texts about a key. */
import type { SequentialModel } from '../../../suites/checker/operation.ts';
import type { KeyResult } from '../../../suites/checker/result.ts';
import { plural } from '../../words/format.ts';
import { pictureOf } from '../picture.ts';
import {
  freeTexts,
  illegalText,
  NO_TIME_TEXT,
  UNKNOWN_TEXTS,
  unwrittenTexts,
  versionTexts,
  whyTexts,
} from '../words.ts';

export function keyTexts(model: SequentialModel, key: KeyResult): string[] {
  switch (key.verdict) {
    case 'ok':
      return [`An order of its ${plural(key.operations.length, 'operation')} explains every answer.`];
    case 'unknown':
      return [`Unknown: ${key.reason === undefined ? 'not decided' : UNKNOWN_TEXTS[key.reason]}.`];
    case 'illegal': {
      if (key.unwritten !== undefined) return [illegalText(key), ...unwrittenTexts(model, key)];
      const picture = pictureOf(model, key);
      return [
        illegalText(key),
        ...versionTexts(model, key),
        ...(picture === undefined
          ? [NO_TIME_TEXT]
          : [...freeTexts(model, picture), ...whyTexts(model, picture)]),
      ];
    }
    default:
      return key.verdict satisfies never;
  }
}

/** What the page says of a key. */
import type { SequentialModel } from '../../../suites/checker/operation.ts';
import type { KeyResult } from '../../../suites/checker/result.ts';
import { plural } from '../../format.ts';
import { pictureOf } from '../picture.ts';
import { freeTexts, illegalText, NO_TIME_TEXT, UNKNOWN_TEXTS, versionTexts, whyTexts } from '../words.ts';

export function keyTexts(model: SequentialModel, key: KeyResult): string[] {
  switch (key.verdict) {
    case 'ok':
      return [`An order of its ${plural(key.operations.length, 'operation')} explains every answer.`];
    case 'unknown':
      return [`Unknown: ${key.reason === undefined ? 'not decided' : UNKNOWN_TEXTS[key.reason]}.`];
    case 'illegal': {
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

/** What this alone proves: a format that a result does not have is refused. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordedComparison } from '../../reports/compare/recorded.ts';
import { comparison } from '../../reports/testing/comparisons.ts';
import { Folder } from '../testing/packed.ts';
import { writeReports } from './publish.ts';

describe('the reports of a comparison', () => {
  it('contain no certificate', () => {
    using folder = new Folder();
    const recorded = recordedComparison(comparison());
    const formats = 'html, json, terminal, junit, markdown, badge';
    expect(() => writeReports(folder.path, recorded, 'certificate')).toThrow(
      `got certificate. It has ${formats}. Nothing was written.`,
    );
    expect(readdirSync(folder.path)).toEqual([]);
    expect(writeReports(folder.path, recorded, 'badge')).toEqual(readdirSync(folder.path));
  });
});

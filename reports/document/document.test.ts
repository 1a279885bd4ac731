/** Every kind of result in every format: nothing that an adapter says is markup, a command or an escape code. */
import { describe, expect, it } from 'vitest';
import { RENDERERS } from '../index.ts';
import { recordedComparison } from '../compare/recorded.ts';
import { recordedMutants } from '../mutation/recorded.ts';
import { ALL_FILES, type Recorded } from '../recorded.ts';
import { recordedRun } from '../run/recorded.ts';
import { recordedStress } from '../stress/recorded.ts';
import { violatedCertification } from '../testing/fixtures.ts';
import { comparison } from '../testing/comparisons.ts';
import { mutationReport, stressReport } from '../testing/reports.ts';
import { columns, fit, wrap } from './text.ts';

const KINDS: Readonly<Record<string, () => Recorded>> = {
  run: () => recordedRun(violatedCertification()),
  stress: () => recordedStress(stressReport()),
  compare: () => recordedComparison(comparison()),
  mutants: () => recordedMutants(mutationReport()),
};

describe.each(Object.entries(KINDS))('a result of kind %s', (_, recorded) => {
  it('is drawn by every renderer that it has', () => {
    const names = RENDERERS.filter(({ render }) => render(recorded()) !== undefined).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['html', 'json', 'terminal', 'junit', 'markdown', 'badge']));
  });

  it('says the verdict and how to repeat it in each of them', () => {
    const { headline, repeat } = recorded().document;
    for (const { name, render } of RENDERERS.filter(({ name }) =>
      ['terminal', 'markdown', 'html'].includes(name),
    )) {
      const text = render(recorded()) ?? '';
      expect(text, name).toContain(headline.slice(0, 20));
      expect(text, name).toContain(repeat.slice(0, 16));
    }
  });

  it('lets nothing foreign through', () => {
    for (const { name, render } of RENDERERS) {
      const text = render(recorded()) ?? '';
      if (name !== 'json' && name !== 'certificate' && name !== 'badge') {
        expect(text, name).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
        if (name !== 'html' && name !== 'github')
          expect(text, name).not.toMatch(/^\s*::(error|warning|set-output)/m);
      }
    }
    const html = RENDERERS.find(({ name }) => name === 'html')?.render(recorded()) ?? '';
    expect(html).not.toContain('<img');
    const markdown = RENDERERS.find(({ name }) => name === 'markdown')?.render(recorded()) ?? '';
    const prose = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(`+)[^`]*\1/g, '');
    expect(prose.replace(/<\/?(details|summary|b)>/g, '')).not.toMatch(/<|\]\(/);
  });
});

describe('the kinds of results', () => {
  it('share no name of a result file', () => {
    expect(new Set(ALL_FILES.map(({ json }) => json)).size).toBe(ALL_FILES.length);
  });
});

describe('text of one width', () => {
  it('takes an emoji for what it is on a terminal', () => {
    expect(columns('👩‍👩‍👧‍👦')).toBe(2);
    expect(columns('e\u0301')).toBe(1);
    expect(columns('\u001b[31mred\u001b[39m')).toBe(3);
    expect(fit('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
    expect(wrap('漢字 漢字', 4)).toEqual(['漢字', '漢字']);
  });
});

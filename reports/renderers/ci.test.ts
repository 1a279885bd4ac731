import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { renderAnnotations as annotate } from './github.ts';
import { drawMarkdown } from '../document/markdown/draw.ts';
import { renderJUnit as asJUnit } from './junit.ts';
import type { RunResult } from '../model.ts';
import { recordedRun } from '../run/recorded.ts';
import {
  ALL_FIXTURES,
  knownFailures,
  mainJob,
  partialRun,
  shardRun,
  violatedCertification,
  violatedLoad,
} from '../testing/fixtures.ts';

const renderAnnotations = (run: RunResult): string => annotate(recordedRun(run));
const renderJUnit = (run: RunResult): string => asJUnit(recordedRun(run));
const renderMarkdown = (run: RunResult): string => drawMarkdown(recordedRun(run).document);

interface TestCase {
  readonly '@name': string;
  readonly failure?: { readonly '@type': string; readonly '@message': string; readonly '#text'?: string };
  readonly error?: { readonly '@type': string; readonly '@message': string };
  readonly skipped?: { readonly '@message': string };
}

interface Suite {
  readonly '@name': string;
  readonly '@tests': string;
  readonly '@failures': string;
  readonly '@errors': string;
  readonly '@skipped': string;
  readonly testcase: readonly TestCase[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => name === 'testsuite' || name === 'testcase',
});

function suites(xml: string): readonly Suite[] {
  return (parser.parse(xml) as { testsuites: { testsuite?: Suite[] } }).testsuites.testsuite ?? [];
}

function caseOf(xml: string, id: string): TestCase | undefined {
  return suites(xml)
    .flatMap(({ testcase }) => testcase)
    .find((one) => one['@name'].startsWith(`${id} `));
}

describe('JUnit XML', () => {
  it.each(Object.entries(ALL_FIXTURES))('is well-formed and counts right: %s', (_, fixture) => {
    const run = fixture();
    const xml = renderJUnit(run);
    expect(XMLValidator.validate(xml)).toBe(true);
    // What XML has no way to write, in whatever form.
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&#0?;|&#x0?;/);
    const all = suites(xml);
    expect(all).toHaveLength(run.certifications.length + run.loads.length);
    for (const suite of all) {
      const count = (kind: 'failure' | 'error' | 'skipped'): string =>
        String(suite.testcase.filter((one) => one[kind] !== undefined).length);
      expect([suite['@tests'], suite['@failures'], suite['@errors'], suite['@skipped']]).toEqual([
        String(suite.testcase.length),
        count('failure'),
        count('error'),
        count('skipped'),
      ]);
    }
  });

  it('keeps the fault of the adapter apart from what was not decided', () => {
    const xml = renderJUnit(violatedCertification());
    const broken = caseOf(xml, 'LOCK-01');
    expect(broken?.failure?.['@type']).toBe('violated');
    expect(broken?.failure?.['@message']).toContain('Two processes were inside');
    expect(broken?.failure?.['#text']).toContain('--only LOCK-01 --seed 814301 --path 14:2:0');
    expect(caseOf(xml, 'LOCK-14')).toMatchObject({
      error: { '@type': 'inconclusive', '@message': 'out of time after 61 of 100 runs' },
    });
    expect(caseOf(xml, 'CUR-04')?.error?.['@type']).toBe('error');
    expect(caseOf(xml, 'ACT-02')?.skipped?.['@message']).toBe('--only names other clauses');
    expect(caseOf(xml, 'LOCK-05')).not.toHaveProperty('failure');
  });

  it('skips known failures and fails entries that hold now', () => {
    const xml = renderJUnit(knownFailures(true));
    expect(caseOf(xml, 'LOCK-01')?.skipped?.['@message']).toContain('known failure: issue 12');
    expect(caseOf(xml, 'LOCK-05')?.failure).toMatchObject({ '@type': 'stale-baseline' });
    expect(suites(renderJUnit(knownFailures(false))).map((suite) => suite['@failures'])).toEqual(['0']);
  });

  it('has an error for an interrupted run, and the reason of what another shard checks', () => {
    expect(caseOf(renderJUnit(partialRun()), 'end')?.error?.['@message']).toBe('the run was interrupted');
    expect(caseOf(renderJUnit(shardRun(2, 3)), 'LOCK-01')?.skipped?.['@message']).toBe('in another shard');
  });

  it('has the rules of a load, and takes a caught negative control for a success', () => {
    const [load] = suites(renderJUnit(violatedLoad()));
    expect(Number(load?.['@failures'])).toBeGreaterThan(0);
    const control = suites(renderJUnit(mainJob())).find(({ '@name': name }) =>
      name.startsWith('load memory'),
    );
    expect(control).toMatchObject({ '@tests': '1', '@failures': '0', '@errors': '0' });
    const missed = mainJob();
    const loads = missed.loads.map((one) => ({
      ...one,
      judgement: { ...one.judgement, verdict: 'ok' as const },
    }));
    expect(caseOf(renderJUnit({ ...missed, loads }), 'negative-control')?.error?.['@type']).toBe(
      'not-caught',
    );
  });

  it('has an error for a load that could not tell', () => {
    const run = violatedLoad();
    const loads = run.loads.map((one) => ({
      ...one,
      judgement: {
        ...one.judgement,
        verdict: 'inconclusive' as const,
        reason: 'too little at once',
        rules: [],
      },
    }));
    expect(caseOf(renderJUnit({ ...run, loads }), 'power')?.error?.['@message']).toBe('too little at once');
  });
});

describe('GitHub annotations', () => {
  it.each(Object.entries(ALL_FIXTURES))('are commands, one a line: %s', (_, fixture) => {
    for (const line of renderAnnotations(fixture()).trimEnd().split('\n')) {
      expect(line).toMatch(/^::(error|warning|notice) title=[^:,]+::[^\r]+$/);
    }
  });

  it('are errors for violations, warnings for what is open, notices for known failures', () => {
    const broken = renderAnnotations(violatedCertification());
    expect(broken).toMatch(/^::error title=LOCK-01 violated \(certify .\/my-adapter.ts\)::Two processes/m);
    expect(broken).toMatch(/^::warning title=LOCK-14 inconclusive/m);
    expect(broken).toContain('%0A');
    const known = renderAnnotations(knownFailures(true));
    expect(known).toMatch(/^::notice title=LOCK-01 known-failure/m);
    expect(known).toMatch(/^::error title=LOCK-05 stale-baseline .*holds now/m);
    expect(renderAnnotations(mainJob())).toMatch(
      /^::notice title=lockstep::Everything that counted held.*\n$/,
    );
  });

  it('escape what would end a command', () => {
    const run = { ...mainJob(), repeat: 'a\r\n::error::b 100%' };
    expect(renderAnnotations(run)).toContain('repeat: a\\u000d%0A::error::b 100%25');
  });
});

describe('Markdown', () => {
  it.each(Object.entries(ALL_FIXTURES))('lets no adapter write markup: %s', (_, fixture) => {
    const text = renderMarkdown(fixture());
    // Outside of code there are only the tags that are meant.
    const prose = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(`+)[^`]*\1/g, '');
    expect((prose.match(/<[^>]*>/g) ?? []).filter((tag) => !/^<\/?(details|summary|b)>$/.test(tag))).toEqual(
      [],
    );
    expect(text).not.toContain('\u202e');
    const widths = prose.split('\n\n').filter((block) => block.startsWith('|'));
    for (const block of widths) {
      expect(new Set(block.split('\n').map((line) => line.split('|').length)).size).toBe(1);
    }
  });

  it('says what broke, with the picture, and what is open', () => {
    const text = renderMarkdown(violatedCertification());
    expect(text.split('\n')[0]).toContain(
      '## ❌ lockstep 0.1.0 certify: ./my-adapter.ts breaks the contract',
    );
    expect(text).toContain('process 1, actor 1');
    expect(text).toContain('? inconclusive **LOCK-14** ./my-adapter.ts: out of time after 61 of 100 runs');
    expect(renderMarkdown(violatedLoad())).toContain('not comparable');
  });

  it('names known failures without failing', () => {
    const text = renderMarkdown(knownFailures(false));
    expect(text.split('\n')[0]).toContain(
      '✅ lockstep 0.1.0 certify: Everything that counted held, but for 3 known failures',
    );
    expect(text).toContain('known failure: issue 12');
    expect(renderMarkdown(knownFailures(true)).split('\n')[0]).toContain(
      'LOCK-05 holds now, against the baseline',
    );
  });

  it('stays small however much broke', () => {
    const run = violatedCertification();
    const certifications = run.certifications.map((certification) => {
      const [worst] = certification.clauses.filter(({ status }) => status === 'violated');
      if (worst === undefined) throw new Error('no violation');
      return {
        ...certification,
        clauses: certification.clauses.map(({ clause }) => ({ ...worst, clause })),
      };
    });
    const text = renderMarkdown({ ...run, certifications });
    // Beside those that fold the clauses and the run away.
    expect(text.match(/<details><summary>✗/g)).toHaveLength(20);
    expect(text).toMatch(/And \d+ more; the report has them all/);
    expect(text.length).toBeLessThan(100_000);
  });
});

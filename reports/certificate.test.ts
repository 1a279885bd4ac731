import { describe, expect, it } from 'vitest';
import { certificateOf, renderCertificates } from './certificate.ts';
import { RENDERERS, findRenderer } from './index.ts';
import { ALL_FIXTURES, partialRun, passingCertification } from './testing/fixtures.ts';

describe('certificates', () => {
  it('bind what was tested to what came out', () => {
    const run = passingCertification();
    const [certification] = run.certifications;
    if (certification === undefined) throw new Error('no certification');
    const certificate = certificateOf(run, certification);
    expect(certificate).toMatchObject({
      adapter: { name: 'memory', version: '0.1.0' },
      contractVersion: 1,
      level: 'process',
      seed: 814301,
      capabilities: certification.target.capabilities,
      environment: run.environment,
    });
    expect(certificate.clauses.map(({ id, status }) => [id, status])).toEqual(
      certification.clauses.map(({ clause, status }) => [clause, status]),
    );
  });

  it('give no level for a certification that was interrupted', () => {
    const run = partialRun();
    const levels = (JSON.parse(renderCertificates(run)) as { level: unknown; partial: boolean }[]).map(
      ({ level, partial }) => ({ level, partial }),
    );
    expect(levels).toEqual([
      { level: 'process', partial: false },
      { level: null, partial: true },
    ]);
  });
});

describe('the renderers', () => {
  it('have names and files of their own, and render every result', () => {
    expect(new Set(RENDERERS.map(({ name }) => name)).size).toBe(RENDERERS.length);
    expect(new Set(RENDERERS.map(({ file }) => file)).size).toBe(RENDERERS.length);
    for (const fixture of Object.values(ALL_FIXTURES))
      for (const renderer of RENDERERS) expect(renderer.render(fixture()).endsWith('\n')).toBe(true);
    expect(findRenderer('html')?.file).toBe('report.html');
    expect(findRenderer('paper')).toBeUndefined();
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Folder } from '../testing/packed.ts';
import { failureError, failureText } from './failure.ts';
import { importsTarget, targetUrl } from './module.ts';

describe('the module of a test', () => {
  it('is a path from the test file, an absolute one, or a file: URL', () => {
    using folder = new Folder();
    const target = join(folder.path, 'target.ts');
    const test = join(folder.path, 'tests', 'certify.test.ts');
    writeFileSync(target, '');
    const url = pathToFileURL(target);
    for (const named of ['../target.ts', target, url, url.href])
      expect(targetUrl(named, test)).toBe(url.href);
    expect(targetUrl(`${url.href}?a=1`, test)).toBe(`${url.href}?a=1`);
  });

  it('is said to be missing, with where a path starts', () => {
    expect(() => targetUrl('./target.ts', '/none/certify.test.ts')).toThrow(
      /expected the target's module at .*none.target\.ts; there is no such file\. A path is relative to the test file/,
    );
    expect(() => targetUrl('https://host/target.ts', '/none/certify.test.ts')).toThrow(TypeError);
    expect(() => targetUrl('', '/none/certify.test.ts')).toThrow(TypeError);
  });

  it.each([
    ["import '../target.ts';", true],
    ["import target from '../target.ts';", true],
    ["await import('../target.ts');", true],
    ["import '../other.ts';", false],
    ["certifyAdapter('../target.ts');", false],
  ])('is seen by vitest where it is imported: %s', (text, isSeen) => {
    using folder = new Folder();
    mkdirSync(join(folder.path, 'tests'));
    const test = join(folder.path, 'tests', 'certify.test.ts');
    writeFileSync(test, text);
    expect(importsTarget(test, join(folder.path, 'target.ts'))).toBe(isSeen);
  });
});

describe('a clause that does not hold', () => {
  const result = {
    clause: 'LOCK-01',
    runs: 3,
    exercised: 3,
    orders: 1,
    processes: 2,
    instances: 2,
    durationMs: 5,
    seed: 1,
  } as const;
  const context = { target: './target.ts', processes: 2, repeatWith: '--pg docker' };

  it('is an error with lanes, what came, and the command that repeats it', () => {
    const lane = (label: string, fromUs: number) => ({
      label,
      events: [{ label: 'enter s1', fromUs, toUs: fromUs + 5, kind: 'enter', marked: true } as const],
    });
    const counterexample = {
      summary: 'Two were inside at once.',
      expected: 'one',
      actual: 'two',
      path: '0:1',
      run: 1,
      shrinks: 0,
      lanes: [lane('process 1', 0), lane('process 2', 3)],
    };
    const text = failureText({ ...result, status: 'violated', counterexample }, context);
    expect(text).toMatch(/process 1 .*enter s1/);
    expect(text).toMatch(/process 2 .*enter s1/);
    expect(text).toMatch(/expected: +one\nactual: +two/);
    expect(text).toContain('--only LOCK-01 --seed 1 --path 0:1 --processes 2 --pg docker');
  });

  it('says why it was not decided', () => {
    expect(failureText({ ...result, status: 'inconclusive', reason: 'interrupted' }, context)).toBe(
      'inconclusive: interrupted',
    );
  });

  it('points to where the test was registered', () => {
    const calledAt = new Error('x');
    calledAt.stack = 'Error: x\n    at here (/project/certify.test.ts:3:1)';
    expect(failureError('a\nb', calledAt).stack).toBe(
      'Error: a\nb\n    at here (/project/certify.test.ts:3:1)',
    );
  });
});

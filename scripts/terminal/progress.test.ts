import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { plainProgress, type Progress } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(): { readonly progress: Progress; readonly said: string[] } {
  const said: string[] = [];
  const terminal = { out: () => {}, error: (text: string) => void said.push(text) };
  const progress = plainProgress({ label: 'load x', total: undefined, terminal, entered: () => {} });
  return { progress, said };
}

it('names a phase once it has lasted two seconds, and again every ten', () => {
  const { progress, said } = start();
  progress.phase({ what: 'importing ./x.ts', atMostMs: 60_000 });
  vi.advanceTimersByTime(1900);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(said).toEqual(['load x: importing ./x.ts, at most 60 s']);
  progress.update(7, 'operations');
  vi.advanceTimersByTime(10_000);
  expect(said.slice(1)).toEqual(['load x: 7 operations; importing ./x.ts, at most 60 s, for 12 s']);
  progress[Symbol.dispose]();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(2);
});

it('says nothing of what is short, nor while results are printed', () => {
  const { progress, said } = start();
  for (let at = 0; at < 30; at += 1) {
    progress.phase({ what: `step ${at}` });
    progress.print('a result');
    vi.advanceTimersByTime(1500);
  }
  expect(said).toEqual([]);
});

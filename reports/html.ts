/** One self-contained HTML file. */
import type { RunResult } from './model.ts';

export function renderHtml(result: RunResult): string {
  return `<!doctype html><title>${result.command}</title>`;
}

import type { Chapter } from './model.ts';

/** Whether the chapter says anything to readers who cannot see charts, apart from introducing them. */
export function hasText({ blocks }: Chapter): boolean {
  return (
    !blocks.some(({ kind }) => kind === 'chart') ||
    blocks.some(({ kind }) => kind !== 'chart' && kind !== 'prose')
  );
}

import type { Chapter } from './model.ts';

/** Whether there is anything in it for those who see no charts: not what only introduces them. */
export function hasText({ blocks }: Chapter): boolean {
  return (
    !blocks.some(({ kind }) => kind === 'chart') ||
    blocks.some(({ kind }) => kind !== 'chart' && kind !== 'prose')
  );
}

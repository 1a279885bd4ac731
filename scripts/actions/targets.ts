import type { CommandContext } from '../context.ts';
import { BUNDLED_TARGETS } from '../targets.ts';

export function targets({ terminal }: CommandContext): void {
  const width = Math.max(...BUNDLED_TARGETS.map(({ name }) => name.length));
  for (const target of BUNDLED_TARGETS) terminal.out(`${target.name.padEnd(width)} ${target.text}`);
}

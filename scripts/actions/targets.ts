import type { CommandContext } from '../context.ts';
import { BUNDLED_TARGETS } from '../targets/targets.ts';

export function targets({ terminal }: CommandContext, { json }: { readonly json?: true }): void {
  if (json === true) {
    const list = BUNDLED_TARGETS.map(({ name, text }) => ({ name, about: text }));
    terminal.out(JSON.stringify(list, undefined, 2));
    return;
  }
  const width = Math.max(...BUNDLED_TARGETS.map(({ name }) => name.length));
  for (const target of BUNDLED_TARGETS) terminal.out(`${target.name.padEnd(width)} ${target.text}`);
}

/** All renderers, loaded. */
import { LISTED, type FormatName } from './renderers/list.ts';
import type { Renderer } from './renderers/renderer.ts';

interface NamedRenderer extends Renderer {
  /** The name for users: `--format html`. */
  readonly name: FormatName;
}

export const RENDERERS: readonly NamedRenderer[] = await Promise.all(
  LISTED.map(async ({ name, load }) => ({ name, ...(await load()).default })),
);

export function rendererOf(name: FormatName): NamedRenderer {
  return RENDERERS.find((renderer) => renderer.name === name) as NamedRenderer;
}

/** The renderers, one per line. They are loaded on demand, because a command's help only needs their names. */
import type { Renderer } from './renderer.ts';

type Loading = Promise<{ readonly default: Renderer }>;

/** `makes`: whether it makes a file in the folder of a run, is printed by `--reporter`, or both. */
export const LISTED = [
  { name: 'html', makes: 'file', load: (): Loading => import('./html.ts') },
  { name: 'json', makes: 'both', load: (): Loading => import('./json.ts') },
  { name: 'terminal', makes: 'both', load: (): Loading => import('./terminal.ts') },
  { name: 'junit', makes: 'both', load: (): Loading => import('./junit.ts') },
  { name: 'markdown', makes: 'both', load: (): Loading => import('./markdown.ts') },
  { name: 'certificate', makes: 'file', load: (): Loading => import('./certificate.ts') },
  { name: 'badge', makes: 'file', load: (): Loading => import('./badge.ts') },
  { name: 'github', makes: 'print', load: (): Loading => import('./github.ts') },
] as const;

type Listed = (typeof LISTED)[number];
export type FormatName = Listed['name'];
export type RendererName = Extract<Listed, { readonly makes: 'file' | 'both' }>['name'];
export type ReporterName = Extract<Listed, { readonly makes: 'print' | 'both' }>['name'];

export const RENDERER_NAMES: readonly RendererName[] = LISTED.flatMap((one) =>
  one.makes === 'print' ? [] : [one.name],
);
export const REPORTERS: readonly ReporterName[] = LISTED.flatMap((one) =>
  one.makes === 'file' ? [] : [one.name],
);

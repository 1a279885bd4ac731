/** The histories of streams that findings of loads name, on the timeline of checked histories. */
import { timelineFigure } from '../check/page/figure.ts';
import { SCRIPT } from '../check/page/script.ts';
import { OWN_STYLES } from '../check/page/styles.ts';
import type { LoadTimelines } from '../check/timeline/loadTimelines.ts';
import type { FileTimelines } from '../check/timeline/pageData.ts';
import { plural } from '../format.ts';
import type { LoadResult, RunResult } from '../model.ts';
import type { Chapter } from './header.ts';
import { markup, scriptJson, type Markup } from './markup.ts';
import { command } from './parts.ts';

export interface StreamChapter {
  readonly chapter: Chapter;
  readonly styles: string;
  readonly data: Markup;
  readonly script: string;
}

type DrawnLoad = LoadResult & { readonly timelines: LoadTimelines };

/** Undefined when no finding names a stream. */
export function streamChapter({ loads }: RunResult): StreamChapter | undefined {
  const drawn = loads.filter((load): load is DrawnLoad => load.timelines !== undefined);
  if (drawn.length === 0) return undefined;
  // What counts against somebody is what the reader comes for.
  drawn.sort((a, b) => Number(a.negativeControl) - Number(b.negativeControl));
  const files = drawn.map(fileOf);
  return {
    chapter: {
      id: 'streams',
      title: 'What clients saw of these streams',
      content: markup`<p class="lead">
          The histories of streams that are named above, each checked alone. A stream may be in order here and
          still be wrong: journals and audits show what no client saw.
        </p>
        ${timelineFigure()} ${drawn.map(leftOut)}
        <noscript
          ><p class="notice">The timeline needs scripts, which are off.</p>
          ${files.map(told)}</noscript
        >`,
    },
    styles: OWN_STYLES,
    data: markup`<script type="application/json" id="histories">${scriptJson(files)}</script>`,
    script: SCRIPT,
  };
}

function fileOf(load: DrawnLoad): FileTimelines {
  const keys = load.timelines.streams;
  const isOneOf = (verdict: FileTimelines['verdict']): boolean => keys.some((key) => key.verdict === verdict);
  return {
    name: nameOf(load),
    verdict: isOneOf('illegal') ? 'illegal' : isOneOf('unknown') ? 'unknown' : 'ok',
    keys,
  };
}

function nameOf({ target, mix, negativeControl }: LoadResult): string {
  return `${target.spec} under ${mix}${negativeControl ? ' (negative control)' : ''}`;
}

function leftOut(load: DrawnLoad): Markup | undefined {
  const { streams, more } = load.timelines;
  const isCut = streams.some(({ call, operations }) => call.length < operations);
  if (more === 0 && !isCut) return undefined;
  const parts = [
    ...(more === 0 ? [] : [`${plural(more, 'more stream')} named and not drawn`]),
    ...(isCut ? ['operations of those that are'] : []),
  ];
  return markup`<p class="quiet">${nameOf(load)}: left out are ${parts.join(', and ')}. From the run folder, all of it:</p>
    ${command(`lockstep check ${load.evidence} --html timeline.html`, 'see all')}`;
}

function told({ name, keys }: FileTimelines): Markup {
  return markup`<h3>${name}</h3>
    ${keys.map(({ key, words }) => markup`<p>stream ${key}: ${words.join(' ')}</p>`)}`;
}

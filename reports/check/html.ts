/** Checked histories as one self-contained HTML file: a timeline of each key, the verdict, and why. */
import type { CheckVerdict } from '../../suites/checker/result.ts';
import { formatCount, plural } from '../format.ts';
import { htmlDocument } from '../html/document.ts';
import { markup, scriptJson, type Markup } from '../html/markup.ts';
import { statusChip } from '../html/parts.ts';
import type { CheckedFile } from './model.ts';
import { timelineFigure } from './page/figure.ts';
import { SCRIPT } from './page/script.ts';
import { OWN_STYLES } from './page/styles.ts';
import { keyTexts } from './timeline/keyTexts.ts';
import { pageData } from './timeline/pageData.ts';
import { AS_VERDICT, factsOf, UNANSWERED_TEXT } from './words.ts';

/** Keys that are told of where scripts are off. */
const MAX_TOLD = 20;

export interface CheckPage {
  readonly files: readonly CheckedFile[];
  readonly lockstepVersion: string;
}

export function renderCheckHtml({ files, lockstepVersion }: CheckPage): string {
  const headline = headlineOf(files);
  const only = files.length === 1 ? files[0] : undefined;
  return htmlDocument({
    title: headline,
    styles: OWN_STYLES,
    main: markup`<header class="page ${AS_VERDICT[overall(files)]}">
  <p class="kicker">lockstep ${lockstepVersion} check</p>
  <h1>${headline}</h1>
  ${only === undefined ? undefined : markup`<p class="quiet">${factsOf(only.result)}</p>`}
  ${only?.result.reason === undefined ? undefined : markup`<p>${UNANSWERED_TEXT}</p>`}
</header>
${fileTable(files)}
<section class="chapter" aria-labelledby="timeline-title">
  <h2 id="timeline-title">Timeline</h2>
  ${timelineFigure()}
</section>
<noscript><p class="notice">The timeline needs scripts, which are off.</p>${toldKeys(files)}</noscript>`,
    data: markup`<script type="application/json" id="histories">${scriptJson(pageData(files))}</script>`,
    script: SCRIPT,
  });
}

/** Illegal if one is, else unknown if one is. */
function overall(files: readonly CheckedFile[]): CheckVerdict {
  const verdicts = files.map(({ result }) => result.verdict);
  return verdicts.find((verdict) => verdict === 'illegal') ?? verdicts.find(isUnknown) ?? 'ok';
}

function isUnknown(verdict: CheckVerdict): boolean {
  return verdict === 'unknown';
}

const VERDICT_TEXTS: Readonly<Record<CheckVerdict, string>> = {
  ok: 'linearizable',
  illegal: 'not linearizable',
  unknown: 'not decided',
};

function headlineOf(files: readonly CheckedFile[]): string {
  const [only] = files;
  if (files.length === 1 && only !== undefined)
    return `${only.name} is ${VERDICT_TEXTS[only.result.verdict]}`;
  const counts = (['illegal', 'unknown', 'ok'] as const).flatMap((verdict) => {
    const count = files.filter(({ result }) => result.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${VERDICT_TEXTS[verdict]}`];
  });
  return `${plural(files.length, 'history', 'histories')}: ${counts.join(', ')}`;
}

function fileTable(files: readonly CheckedFile[]): Markup | undefined {
  if (files.length === 1) return undefined;
  return markup`<section class="chapter" aria-labelledby="files-title">
  <h2 id="files-title">Histories</h2>
  <table class="files">
    <thead><tr><th scope="col">File</th><th scope="col">Verdict</th><th scope="col">What was checked</th></tr></thead>
    <tbody>
      ${files.map(
        ({ name, result }) =>
          markup`<tr>
            <th scope="row">${name}</th>
            <td>${statusChip(AS_VERDICT[result.verdict], result.verdict)}</td>
            <td>${factsOf(result)}</td>
          </tr>`,
      )}
    </tbody>
  </table>
  </section>`;
}

/** What the script tells key by key. */
function toldKeys(files: readonly CheckedFile[]): Markup | undefined {
  const illegal = files.flatMap(({ name, result }) =>
    result.keys.filter((key) => key.verdict === 'illegal').map((key) => ({ name, model: result.model, key })),
  );
  if (illegal.length === 0) return undefined;
  return markup`<section class="chapter" aria-labelledby="told-title">
    <h2 id="told-title">What is wrong, in words</h2>
    ${illegal.slice(0, MAX_TOLD).map(
      ({ name, model, key }) =>
        markup`<article class="illegal-key">
          <h3>key ${JSON.stringify(key.key)}${files.length === 1 ? '' : ` of ${name}`}</h3>
          ${keyTexts(model, key).map((text) => markup`<p>${text}</p>`)}
        </article>`,
    )}
    ${illegal.length > MAX_TOLD ? markup`<p class="quiet">And ${plural(illegal.length - MAX_TOLD, 'more illegal key')}.</p>` : undefined}
  </section>`;
}

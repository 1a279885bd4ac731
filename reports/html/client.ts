/** The script of the page, as text: plots, the clause filter, the walk through a timeline, copy buttons. */

const CHARTS = String.raw`
const charts = JSON.parse(document.getElementById('charts').textContent);
const dark = matchMedia('(prefers-color-scheme: dark)');
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const trim = (value, digits) => value.toFixed(digits).replace(/\.0+$/, '');
const micros = (us) => us == null ? '' : us < 999.5 ? trim(us, us < 9.95 ? 1 : 0) + ' µs'
  : us < 999500 ? trim(us / 1000, us < 99950 ? 1 : 0) + ' ms' : trim(us / 1e6, 1) + ' s';
const percentile = (x) => x == null ? '' : String(+(100 * (1 - 1 / x)).toPrecision(Math.max(3, Math.ceil(Math.log10(x)) + 1))) + ' %';
const perSecond = (rate) => rate == null ? '' : Math.round(rate).toLocaleString('en') + '/s';
const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

// Marks at powers of ten, on the x axis only as many as have room for their text.
function decadesOnly(u, splits, axisIndex) {
  const exponents = Math.log10(u.scales.x.max / u.scales.x.min);
  const every = axisIndex === 0 ? Math.max(1, Math.ceil((64 * exponents) / (u.width - 80))) : 1;
  return splits.map((value) => isDecade(value) && Math.round(Math.log10(value)) % every === 0 ? value : null);
}

function axis(values, log, size) {
  const only = log ? { filter: decadesOnly } : {};
  return {
    stroke: css('--muted'), font: '12px ' + css('--sans'), size,
    grid: { stroke: css('--line'), width: 1, ...only }, ticks: { stroke: css('--line'), width: 1, ...only },
    values: (u, splits) => splits.map((value) => value == null ? '' : values(value)),
    ...only,
  };
}

// Whole decades, so that a log axis has at least two marks.
const decades = (u, low, high) => [10 ** Math.floor(Math.log10(Math.max(low, 1))), 10 ** Math.max(Math.ceil(Math.log10(Math.max(high, 1))), Math.floor(Math.log10(Math.max(low, 1))) + 1)];

function optionsOf(kind, series, width) {
  const log = kind === 'percentiles';
  const x = log ? percentile : (value) => value == null ? '' : trim(value, 1) + ' s';
  const y = log ? micros : perSecond;
  return {
    width, height: 280, padding: [12, 16, 0, 0],
    cursor: { points: { size: 7 } },
    legend: { live: true },
    scales: log
      ? { x: { time: false, distr: 3, range: (u, low, high) => [1, Math.max(high, 10)] }, y: { distr: 3, range: decades } }
      : { x: { time: false }, y: { range: (u, low, high) => [0, (high || 1) * 1.1] } },
    axes: [axis(x, log, 34), axis(y, log, log ? 62 : 74)],
    series: [
      { label: log ? 'percentile' : 'time', value: (u, value) => x(value) },
      ...series.map((one) => ({
        label: one.label, stroke: css('--s' + (one.color % 6)), width: 2, spanGaps: true,
        ...(one.dashed ? { dash: [5, 4] } : {}),
        points: { show: one.points.length === 1 },
        value: (u, value) => y(value),
      })),
    ],
  };
}

function dataOf(series) {
  if (series.length === 0) return [[], []];
  return uPlot.join(series.map((one) => [one.points.map((point) => point[0]), one.points.map((point) => point[1])]));
}

const plots = [...document.querySelectorAll('.plot')].map((host) => {
  const spec = charts[Number(host.dataset.chart)];
  const select = document.querySelector('select[data-views="' + host.dataset.chart + '"]');
  let plot;
  const draw = () => {
    plot?.destroy();
    const { series } = spec.views[select ? Number(select.value) : 0] ?? { series: [] };
    plot = new uPlot(optionsOf(spec.kind, series, host.clientWidth), dataOf(series), host);
  };
  draw();
  select?.addEventListener('change', draw);
  new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientWidth !== plot.width) plot.setSize({ width: host.clientWidth, height: 280 });
  }).observe(host);
  host.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const xs = plot.data[0];
    if (step === undefined || xs.length === 0) return;
    event.preventDefault();
    const index = plot.cursor.idx ?? (step > 0 ? -1 : xs.length);
    const next = Math.max(0, Math.min(xs.length - 1, index + step));
    plot.setCursor({ left: plot.valToPos(xs[next], 'x'), top: plot.over.clientHeight / 2 });
  });
  return draw;
});
dark.addEventListener('change', () => plots.forEach((draw) => draw()));
`;

const FILTER = String.raw`
const table = document.getElementById('clause-table');
if (table) {
  const form = document.querySelector('form.filters');
  const input = document.getElementById('clause-filter');
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase(), statuses: row.dataset.statuses.split(' ') }));
  const boxes = [...form.querySelectorAll('input[name=status]')];
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const { row, text, statuses } of rows) {
      row.hidden = !(words.every((word) => text.includes(word)) && statuses.some((status) => wanted.has(status)));
      if (!row.hidden) shown += 1;
    }
    document.getElementById('clause-count').value = shown === rows.length ? shown + ' clauses' : shown + ' of ' + rows.length + ' clauses';
    document.querySelector('.empty').hidden = shown > 0;
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  apply();
}
`;

const TIMELINES = String.raw`
for (const figure of document.querySelectorAll('figure.timeline')) {
  const scroll = figure.querySelector('.scroll');
  const told = figure.querySelector('.told');
  const steps = new Map([...figure.querySelectorAll('g.event')].map((group) => [Number(group.dataset.step), group]));
  let current = 0;
  told.textContent = 'Point at a step, or go through the steps with the arrow keys.';
  const show = (number, reveal) => {
    steps.get(current)?.classList.remove('current');
    current = number;
    const group = steps.get(number);
    if (!group) return;
    group.classList.add('current');
    told.classList.add('active');
    told.textContent = number + '. ' + group.querySelector('title').textContent;
    if (reveal) group.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  scroll.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(Math.max(1, Math.min(steps.size, current + step)), true);
  });
  scroll.addEventListener('pointerover', (event) => {
    const group = event.target.closest('g.event');
    if (group) show(Number(group.dataset.step), false);
  });
}
`;

const COPY = String.raw`
for (const line of document.querySelectorAll('.command')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'copy';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(line.querySelector('code').textContent);
      button.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(line.querySelector('code'));
      button.textContent = 'selected';
    }
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  });
  line.append(button);
}
`;

export const CLIENT: string = `(() => {
'use strict';
${CHARTS}${FILTER}${TIMELINES}${COPY}
})();
`;

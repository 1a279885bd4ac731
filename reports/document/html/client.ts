/** The script of the page, as text: plots, filters, the walk through a timeline, copy buttons. */

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

const UNITS = {
  percentile: { text: percentile, log: true, size: 34, name: 'percentile', range: (u, low, high) => [1, Math.max(high, 10)] },
  seconds: { text: (value) => value == null ? '' : trim(value, 1) + ' s', log: false, size: 34, name: 'time' },
  us: { text: micros, log: true, size: 62, range: decades },
  perSecond: { text: perSecond, log: false, size: 74, range: (u, low, high) => [0, (high || 1) * 1.1] },
  runs: { text: (value) => value == null ? '' : String(Math.round(value)), log: false, size: 34, name: 'run' },
  ratio: { text: (value) => value == null ? '' : trim(value, 2), log: false, size: 52, range: (u, low, high) => [Math.min(0.8, low * 0.95), Math.max(1.2, high * 1.05)] },
  share: { text: (value) => value == null ? '' : Math.round(value * 100) + ' %', log: false, size: 52, range: (u, low, high) => [0, Math.max(1, high * 1.1)] },
};
const scaleOf = (unit) => ({ time: false, ...(unit.log ? { distr: 3 } : {}), ...(unit.range ? { range: unit.range } : {}) });

// Moments and thresholds, drawn over the lines with their names.
function marking({ marks = [], limits = [] }) {
  return (u) => {
    const { ctx, bbox } = u;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.font = 11 * ratio + 'px ' + css('--sans');
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    let last = -Infinity;
    let row = 0;
    for (const { at, label } of marks) {
      const x = u.valToPos(at, 'x', true);
      if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
      ctx.strokeStyle = ctx.fillStyle = css('--warn');
      ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
      row = x - last < 90 * ratio ? row + 1 : 0;
      last = x;
      ctx.fillText(label, x + 3 * ratio, bbox.top + (12 + 13 * row) * ratio);
    }
    for (const { at, label } of limits) {
      const y = u.valToPos(at, 'y', true);
      if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
      ctx.strokeStyle = ctx.fillStyle = css('--bad');
      ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
      ctx.fillText(label, bbox.left + 4 * ratio, y - 4 * ratio);
    }
    ctx.restore();
  };
}

function optionsOf(chart, view, width) {
  const [x, y] = [UNITS[chart.x], UNITS[chart.y]];
  return {
    width, height: 280, padding: [12, 16, 0, 0],
    cursor: { points: { size: 7 } },
    legend: { live: true },
    scales: { x: scaleOf(x), y: scaleOf(y) },
    axes: [axis(x.text, x.log, x.size), axis(y.text, y.log, y.size)],
    hooks: { draw: [marking(view)] },
    series: [
      { label: x.name, value: (u, value) => x.text(value) },
      ...view.series.map((one) => ({
        label: one.label, stroke: css('--s' + (one.color % 6)), width: 2, spanGaps: true,
        ...(one.dashed ? { dash: [5, 4] } : {}),
        points: { show: one.points.length === 1 },
        value: (u, value) => y.text(value),
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
    const view = spec.views[select ? Number(select.value) : 0] ?? { series: [] };
    plot = new uPlot(optionsOf(spec, view, host.clientWidth), dataOf(view.series), host);
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
for (const form of document.querySelectorAll('form.filters')) {
  const table = document.getElementById(form.dataset.table);
  const input = form.querySelector('input[type=search]');
  const count = form.querySelector('output');
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
    count.value = (shown === rows.length ? shown : shown + ' of ' + rows.length) + ' ' + count.dataset.noun + (rows.length === 1 ? '' : 's');
    table.nextElementSibling.hidden = shown > 0;
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

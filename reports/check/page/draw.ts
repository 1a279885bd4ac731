/** Part of the page's script: draws what is in view. What is out of it, or below a pixel, costs nothing. */

export const DRAW: string = String.raw`
const MAX_POINTS = 1500;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let colors;
function readColors() {
  colors = Object.fromEntries(['page', 'sheet', 'text', 'muted', 'line', 'faint', 'bad', 'bad-tint', 'idle', 'accent', 'lock', 'run', 'warn', 'sans', 'mono'].map((name) => [name, css('--' + name)]));
}

const yOf = (row) => HEAD + row * ROW - view.top;
const xOf = (time) => GUTTER + (time - view.left) * scale();
const timeAt = (x) => view.left + (x - GUTTER) / scale();
const scale = () => (view.width - GUTTER - TAIL) / (view.right - view.left);

function draw() {
  const { width, height } = view;
  ink.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  ink.fillStyle = colors.sheet;
  ink.fillRect(0, 0, width, height);
  const firstRow = Math.max(0, Math.floor(view.top / ROW));
  const lastRow = Math.min(shown.rows.length - 1, Math.floor((view.top + height - HEAD) / ROW));
  drawGrid();
  ink.save();
  ink.beginPath();
  ink.rect(GUTTER, HEAD, width - GUTTER, height - HEAD);
  ink.clip();
  for (let row = firstRow; row <= lastRow; row += 1) drawRow(row);
  drawOrder();
  ink.restore();
  drawHead(firstRow, lastRow);
}

function drawRow(row) {
  const ids = shown.rows[row], y = yOf(row);
  for (const id of ids) {
    if (!shown.onlyCore) break;
    drawWidened(id, xOf(shown.call[id]), xOf(shown.end[id]), y + 4 + BAR / 2);
  }
  let filled = -Infinity;
  const last = [];
  const start = firstWhere(ids.length, (index) => shown.end[ids[index]] >= view.left);
  // A label may reach beyond its bar, so that bars that end just before the view count too.
  for (let index = Math.max(0, start - 1); index < ids.length; index += 1) {
    const id = ids[index];
    if (shown.call[id] > view.right) break;
    const right = xOf(Math.min(shown.end[id], view.right * 2 - view.left));
    // Bars narrower than a pixel hide behind each other, except those that matter.
    const matters = id === view.current || shown.why.has(id);
    if (right < filled + 0.5 && !matters && !shown.isCore.has(id)) continue;
    const next = index + 1 < ids.length ? xOf(shown.call[ids[index + 1]]) : Infinity;
    const bar = [id, Math.max(xOf(shown.call[id]), GUTTER - 20), Math.min(right, view.width + 20), y, next];
    // On top of their neighbours, which may hide them.
    if (matters) last.push(bar); else drawBar(...bar);
    filled = Math.max(filled, right);
  }
  for (const bar of last) drawBar(...bar);
}

function drawBar(id, left, right, y, next) {
  const top = y + 4, open = shown.end[id] === Infinity;
  const placed = shown.place[id] !== -1, stuck = shown.why.has(id);
  const width = Math.max(stuck ? 5 : 2, right - left);
  ink.fillStyle = stuck ? colors['bad-tint'] : placed ? colors.lock : width > 3 ? colors.sheet : colors.idle;
  ink.strokeStyle = stuck ? colors.bad : placed ? colors.run : colors.idle;
  if (open) {
    // Whether and when it took effect is not known: it fades.
    for (const style of ['fillStyle', 'strokeStyle']) {
      const fade = ink.createLinearGradient(left, 0, Math.max(left + 1, view.width), 0);
      fade.addColorStop(0, ink[style]);
      fade.addColorStop(1, colors.sheet);
      ink[style] = fade;
    }
  }
  ink.lineWidth = stuck ? 2 : 1;
  ink.setLineDash(placed || stuck || width < 8 ? [] : [4, 3]);
  box(left, top, width, BAR, open);
  ink.fill();
  if (stuck && width > 6) hatch(left, top, width);
  if (width > 3 || stuck) ink.stroke();
  ink.setLineDash([]);
  if (shown.isCore.has(id) && !shown.onlyCore) {
    ink.fillStyle = colors.text;
    ink.fillRect(left, top + BAR, width, 3);
  }
  if (id === view.current) {
    ink.strokeStyle = colors.accent;
    ink.lineWidth = 2;
    box(left - 2, top - 2, width + 4, BAR + 4, false);
    ink.stroke();
  }
  drawLabel(id, { left, right, until: Math.min(next - 4, view.width) }, top, stuck);
}

function box(x, y, width, height, open) {
  ink.beginPath();
  ink.roundRect(x, y, width, height, open ? [3, 0, 0, 3] : Math.min(3, width / 2));
}

// Stripes, so that what is stuck stands out without colour too.
function hatch(left, top, width) {
  ink.save();
  ink.clip();
  ink.beginPath();
  const from = Math.max(left, GUTTER), to = Math.min(left + width, view.width);
  for (let x = from - (from % 7) - BAR; x < to; x += 7) { ink.moveTo(x, top + BAR); ink.lineTo(x + BAR, top); }
  ink.globalAlpha = 0.35;
  ink.lineWidth = 1;
  ink.stroke();
  ink.restore();
  box(left, top, width, BAR, false);
}

// For the core it does not matter when within the dotted line the operation was called or returned.
function drawWidened(id, left, right, y) {
  const [from, to] = shown.widened.get(id);
  const start = Math.max(GUTTER, from === null ? 0 : xOf(from)), stop = Math.min(view.width, to === null ? Infinity : xOf(to));
  ink.strokeStyle = colors.muted;
  ink.lineWidth = 1;
  ink.setLineDash([1, 3]);
  ink.beginPath();
  if (start < left) { ink.moveTo(start, y); ink.lineTo(left, y); }
  if (stop > right) { ink.moveTo(right, y); ink.lineTo(stop, y); }
  ink.stroke();
  ink.setLineDash([]);
}

// In the bar, or behind it where the bar is too short and nothing follows soon.
function drawLabel(id, { left, right, until }, top, stuck) {
  if (xOf(shown.end[id]) < GUTTER) return;
  const inside = Math.max(left, GUTTER) + 5;
  let text = (stuck ? '✗ ' : shown.isCore.has(id) && !shown.onlyCore ? '◆ ' : '') + shown.key.labels[shown.key.label[id]];
  const length = text.length * view.character;
  const isBehind = inside + length > right && right + 5 + length < until;
  const x = isBehind ? right + 5 : inside;
  if (until - x < 24) return;
  const most = Math.floor((until - x) / view.character);
  if (text.length > most) text = text.slice(0, Math.max(0, most - 1)) + '…';
  if (isBehind || stuck) {
    ink.fillStyle = isBehind ? colors.sheet : colors['bad-tint'];
    ink.fillRect(x - 2, top + 2, text.length * view.character + 4, BAR - 4);
  }
  ink.font = (stuck ? '600 ' : '') + '12px ' + colors.mono;
  ink.fillStyle = stuck ? colors.bad : colors.text;
  ink.fillText(text, x, top + BAR / 2 + 4);
}

// The line that goes through the operations in the order that was found, with their numbers.
function drawOrder() {
  const { at, order } = shown;
  const first = Math.max(0, firstWhere(at.length, (index) => at[index] >= view.left) - 1);
  const last = Math.min(at.length, firstWhere(at.length, (index) => at[index] > view.right) + 1);
  view.dense = last - first > MAX_POINTS;
  if (view.dense || last <= first) return;
  const pointY = (index) => yOf(shown.rowOf.get(shown.key.row[order.ids[index]])) + 4 + BAR;
  ink.strokeStyle = colors.accent;
  ink.lineWidth = 1.5;
  ink.globalAlpha = last - first > 300 ? 0.35 : 0.7;
  ink.beginPath();
  for (let index = first; index < last; index += 1) {
    const gap = index > first && order.places[index] !== order.places[index - 1] + 1;
    ink[index === first || gap ? 'moveTo' : 'lineTo'](xOf(at[index]), pointY(index));
  }
  ink.stroke();
  ink.globalAlpha = 1;
  ink.font = '600 10px ' + colors.sans;
  ink.textAlign = 'center';
  const free = new Map();
  for (let index = first; index < last; index += 1) {
    const x = xOf(at[index]), y = pointY(index);
    ink.fillStyle = colors.accent;
    ink.beginPath();
    ink.arc(x, y, last - first > 300 ? 1.5 : 3, 0, 7);
    ink.fill();
    const text = String(order.places[index]), half = text.length * 3 + 2;
    if (x - half < (free.get(y) ?? -Infinity)) continue;
    free.set(y, x + half);
    ink.fillStyle = colors.sheet;
    ink.fillRect(x - half + 1, y + 4, half * 2 - 2, 9);
    ink.fillStyle = colors.accent;
    ink.fillText(text, x, y + 12);
  }
  ink.textAlign = 'start';
}

function drawGrid() {
  ink.strokeStyle = colors.line;
  ink.lineWidth = 1;
  ink.beginPath();
  for (const lane of shown.lanes) {
    const y = Math.round(yOf(lane.first + lane.rows)) - 0.5;
    if (y > HEAD && y < view.height) { ink.moveTo(0, y); ink.lineTo(view.width, y); }
  }
  view.ticks = shown.even ? [] : ticks();
  for (const time of view.ticks) { const x = Math.round(xOf(time)) + 0.5; ink.moveTo(x, HEAD - 5); ink.lineTo(x, view.height); }
  ink.stroke();
}

function drawHead(firstRow, lastRow) {
  ink.fillStyle = colors.sheet;
  ink.fillRect(0, 0, view.width, HEAD - 5);
  ink.fillRect(0, HEAD, GUTTER - 1, view.height);
  ink.fillStyle = colors.muted;
  ink.font = '11px ' + colors.sans;
  for (const time of view.ticks) ink.fillText(timeText(time, view.ticks[1] - view.ticks[0]), xOf(time) + 3, 15);
  if (shown.even) ink.fillText('in order of time, not to scale →', GUTTER, 15);
  ink.fillStyle = colors.text;
  ink.font = '600 12px ' + colors.sans;
  ink.save();
  ink.beginPath();
  ink.rect(0, HEAD - 4, GUTTER - 4, view.height);
  ink.clip();
  for (const lane of shown.lanes) {
    if (lane.first > lastRow || lane.first + lane.rows <= firstRow) continue;
    ink.fillText(lane.label, 6, Math.max(HEAD + 8, yOf(lane.first) + 18));
  }
  ink.restore();
  ink.strokeStyle = colors.line;
  ink.beginPath();
  ink.moveTo(0, HEAD - 4.5);
  ink.lineTo(view.width, HEAD - 4.5);
  ink.moveTo(GUTTER - 0.5, HEAD - 4.5);
  ink.lineTo(GUTTER - 0.5, view.height);
  ink.stroke();
}

function ticks() {
  const rough = (view.right - view.left) / Math.max(1, (view.width - GUTTER) / 110);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const list = [];
  for (let time = Math.ceil(view.left / step) * step; time <= view.right && list.length < 100; time += step) list.push(time);
  return list;
}
`;

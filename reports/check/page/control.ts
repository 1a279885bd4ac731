/** Part of the page's script: the view onto the time axis, and all that moves it. */

export const CONTROL: string = String.raw`
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const MOVE_MS = 160;
// Operations before what is wrong that are shown with it.
const NEAR = 24;
let pending = 0, moving = 0;

function redraw() {
  if (pending !== 0) return;
  pending = requestAnimationFrame(() => { pending = 0; draw(); placeTip(); tellStatus(); });
}

// Never beyond what there is, and never closer than a float can tell apart.
function setRange(left, right) {
  const margin = (shown.to - shown.from) * 0.02;
  const low = shown.from - margin, high = shown.to + margin * 2;
  const least = Math.max((high - low) * 1e-7, 1e-3);
  const width = Math.min(high - low, Math.max(least, right - left));
  const start = Math.min(Math.max(left - (width - (right - left)) / 2, low), high - width);
  const moved = start !== view.left || start + width !== view.right;
  view.left = start;
  view.right = start + width;
  if (moved) redraw();
  return moved;
}

function setTop(top) {
  const most = Math.max(0, HEAD + shown.rows.length * ROW - view.height);
  view.top = Math.min(Math.max(0, top), most);
  redraw();
}

function zoom(factor, time = (view.left + view.right) / 2) {
  cancelAnimationFrame(moving);
  return setRange(time - (time - view.left) * factor, time + (view.right - time) * factor);
}

function pan(share) {
  cancelAnimationFrame(moving);
  const by = (view.right - view.left) * share;
  return setRange(view.left + by, view.right + by);
}

function moveTo(left, right) {
  cancelAnimationFrame(moving);
  if (calm.matches) return void setRange(left, right);
  const from = [view.left, view.right], began = performance.now();
  const step = (now) => {
    const done = Math.min(1, Math.max(0, (now - began) / MOVE_MS)), eased = done * (2 - done);
    setRange(from[0] + (left - from[0]) * eased, from[1] + (right - from[1]) * eased);
    if (done < 1) moving = requestAnimationFrame(step);
  };
  moving = requestAnimationFrame(step);
}

// Wider than there is, which setRange cuts.
const everything = () => [shown.from - (shown.to - shown.from), shown.to * 2 - shown.from];
const showWhole = () => moveTo(...everything());

function showCore() {
  const ids = shown.ids.filter((id) => shown.isCore.has(id));
  if (ids.length === 0) return;
  const start = Math.min(...ids.map((id) => shown.call[id]));
  const stop = Math.max(...ids.map((id) => shown.end[id] === Infinity ? shown.call[id] : shown.end[id]));
  const margin = (stop - start) * 0.08 || (shown.to - shown.from) * 0.01;
  moveTo(start - margin, stop + margin);
  const rows = ids.map((id) => shown.rowOf.get(shown.key.row[id]));
  const [first, last] = [Math.min(...rows), Math.max(...rows)];
  setTop(((first + last + 1) / 2) * ROW - (view.height - HEAD) / 2);
}

// The next of what cannot be, with what was called shortly before it.
function showWrong() {
  const wrong = shown.ids.filter((id) => shown.why.has(id));
  if (wrong.length === 0) return;
  const id = wrong[(wrong.indexOf(view.current) + 1) % wrong.length], at = shown.ids.indexOf(id);
  const start = shown.call[shown.ids[Math.max(0, at - NEAR)]], next = shown.ids[Math.min(shown.ids.length - 1, at + 5)];
  const stop = Math.max(shown.call[next], shown.end[id] === Infinity ? shown.call[id] : shown.end[id]);
  const margin = (stop - start) * 0.1;
  moveTo(start - margin, stop + margin);
  setTop(shown.rowOf.get(shown.key.row[id]) * ROW - (view.height - HEAD) / 2);
  tell(id);
}

function reveal(id) {
  const room = view.right - view.left;
  if (shown.call[id] > view.right - room * 0.1 || shown.call[id] < view.left) setRange(shown.call[id] - room * 0.3, shown.call[id] + room * 0.7);
  const y = shown.rowOf.get(shown.key.row[id]) * ROW;
  if (y < view.top) setTop(y);
  if (y + ROW > view.top + view.height - HEAD) setTop(y + ROW - view.height + HEAD);
}

// The next operation by its call; the first or the last when there is none yet.
function walk(by) {
  const at = shown.ids.indexOf(view.current);
  const next = at === -1 ? (by > 0 ? 0 : shown.ids.length - 1) : Math.min(Math.max(0, at + by), shown.ids.length - 1);
  if (shown.ids.length === 0) return;
  reveal(shown.ids[next]);
  tell(shown.ids[next]);
}

function tell(id) {
  if (id === view.current) return;
  view.current = id;
  tip.hidden = id === -1;
  if (id !== -1) fillTip(id);
  redraw();
}

function placeTip() {
  if (view.current === -1) return;
  const id = view.current;
  const x = Math.min(Math.max(xOf(shown.call[id]), GUTTER), view.width - tip.offsetWidth - 4);
  const y = yOf(shown.rowOf.get(shown.key.row[id])) + ROW;
  tip.style.left = Math.max(4, x) + 'px';
  tip.style.top = Math.min(Math.max(HEAD, y), view.height) + 'px';
}

function hit(x, y) {
  const row = Math.floor((y - HEAD + view.top) / ROW);
  if (x < GUTTER || y < HEAD || row < 0 || row >= shown.rows.length) return -1;
  const time = timeAt(x), near = 3 / scale(), ids = shown.rows[row];
  const at = firstWhere(ids.length, (index) => shown.end[ids[index]] >= time - near);
  return at < ids.length && shown.call[ids[at]] <= time + near ? ids[at] : -1;
}

const spot = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
let drag;
stage.addEventListener('wheel', (event) => {
  const [x] = spot(event);
  const lines = event.deltaMode === 1 ? 16 : 1;
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  const moved = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    ? pan((sideways * lines) / view.width)
    : zoom(1.0018 ** Math.max(-300, Math.min(300, event.deltaY * lines)), timeAt(Math.max(x, GUTTER)));
  // When there is no further to go the page may scroll.
  if (moved) event.preventDefault();
}, { passive: false });
stage.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || event.target !== canvas) return;
  drag = { x: event.clientX, y: event.clientY };
  canvas.setPointerCapture(event.pointerId);
});
stage.addEventListener('pointermove', (event) => {
  if (!drag) return event.target === canvas ? tell(hit(...spot(event))) : undefined;
  pan((drag.x - event.clientX) / (view.width - GUTTER - TAIL));
  if (event.pointerType === 'mouse') setTop(view.top + drag.y - event.clientY);
  drag = { x: event.clientX, y: event.clientY };
});
for (const type of ['pointerup', 'pointercancel']) stage.addEventListener(type, () => { drag = undefined; });
stage.addEventListener('pointerleave', () => { if (!drag) tell(-1); });

const KEYS = {
  '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1 / 0.6), '0': showWhole, Home: showWhole, c: showCore, x: showWrong,
  ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15), ArrowUp: () => setTop(view.top - ROW), ArrowDown: () => setTop(view.top + ROW),
  PageUp: () => setTop(view.top - view.height / 2), PageDown: () => setTop(view.top + view.height / 2),
  n: () => walk(1), p: () => walk(-1), Escape: () => tell(-1),
};
stage.addEventListener('keydown', (event) => {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
for (const button of figure.querySelectorAll('button[data-key]')) button.addEventListener('click', () => KEYS[button.dataset.key]());
`;

/** Part of the page's script: where the operations of the chosen key stand. */

export const LAYOUT: string = String.raw`
const HEAD = 26, ROW = 38, BAR = 20, GUTTER = 92, TAIL = 10;

// What is drawn of a key: all of it or its core alone; by its times or evenly, one step for each call and return.
function layOut(key, onlyCore, even) {
  const count = key.call.length;
  const core = onlyCore ? key.core : undefined;
  const order = core ?? key.whole ?? { ids: [], places: [], at: [], stuck: [] };
  const ids = core ? [...core.core].sort((a, b) => a - b) : [...key.call.keys()];
  const last = ids.reduce((most, id) => Math.max(most, key.call[id], key.end[id] ?? 0), 0);
  const warp = even ? evenly(key, ids) : (time) => time;
  const call = new Float64Array(count), end = new Float64Array(count);
  for (const id of ids) {
    call[id] = warp(key.call[id]);
    end[id] = key.end[id] === null ? Infinity : warp(key.end[id]);
  }
  const from = ids.length === 0 ? 0 : warp(key.call[ids[0]]);
  const to = Math.max(warp(last), from + (even ? 1 : 1e-3));
  const widened = new Map(core ? core.core.map((id, place) => [id, core.widened[place].map((time) => time === null ? null : warp(time))]) : []);
  const place = new Int32Array(count).fill(-1);
  order.ids.forEach((id, index) => { place[id] = index; });
  const why = new Map(core ? [] : key.named);
  for (const [id, text] of order.stuck) why.set(id, text);
  return {
    key, order, ids, call, end, place, why, widened, even, from, to,
    isCore: new Set(key.core ? key.core.core : []), onlyCore: core !== undefined,
    optional: new Set(key.optional), full: new Map(key.full), at: order.at.map(warp), ...lanesOf(key, ids),
  };
}

// Rows that hold something, numbered from the top, with the operations of each in the order of time.
function lanesOf(key, ids) {
  const byRow = new Map();
  for (const id of ids) {
    if (!byRow.has(key.row[id])) byRow.set(key.row[id], []);
    byRow.get(key.row[id]).push(id);
  }
  const lanes = [], rows = [], rowOf = new Map();
  let row = 0;
  for (const lane of key.lanes) {
    const first = rows.length;
    for (const until = row + lane.rows; row < until; row += 1) {
      if (!byRow.has(row)) continue;
      rowOf.set(row, rows.length);
      rows.push(byRow.get(row));
    }
    if (rows.length > first) lanes.push({ label: 'client ' + lane.client, first, rows: rows.length - first });
  }
  return { lanes, rows, rowOf };
}

// Maps each time at which something was called or returned to its place among them.
function evenly(key, ids) {
  const all = new Set();
  for (const id of ids) {
    all.add(key.call[id]);
    if (key.end[id] !== null) all.add(key.end[id]);
  }
  const times = [...all].sort((a, b) => a - b);
  return (time) => {
    const at = firstWhere(times.length, (index) => times[index] >= time);
    if (at === 0) return 0;
    if (at === times.length) return times.length - 1;
    return at - (times[at] - time) / (times[at] - times[at - 1]);
  };
}

// The first index from 0 for which it holds, when it holds for all behind it too.
function firstWhere(count, holds) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle; else low = middle + 1;
  }
  return low;
}
`;

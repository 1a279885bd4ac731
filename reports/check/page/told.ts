/** Part of the page's script: what is said of an operation, and in which words. */

export const TOLD: string = String.raw`
// Times of a history with small numbers are a logical clock; others are nanoseconds.
const isLogical = () => shown.key.from < 1e5 && shown.key.call.length > 0 && shown.key.call[shown.key.call.length - 1] < 1e5;

function timeText(time, step = 0) {
  const digits = (unit) => step > 0 ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / unit) - 1e-9))) : 2;
  if (isLogical()) return (time + shown.key.from).toFixed(Math.min(2, step > 0 ? digits(1) : 0));
  const size = Math.max(Math.abs(time), step);
  const [unit, name] = size < 1e3 ? [1, 'ns'] : size < 1e6 ? [1e3, 'µs'] : size < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  return (time / unit).toFixed(unit === 1 ? 0 : digits(unit)) + ' ' + name;
}

function tellingOf(id) {
  const { key, why, place, order } = shown;
  const end = key.end[id];
  const facts = [
    ['client', String(key.client[id])],
    ['called', timeText(key.call[id])],
    ['returned', end === null ? 'unknown: it took effect at any time after its call, or never' : timeText(end) + (isLogical() ? '' : ', after ' + timeText(end - key.call[id]))],
  ];
  if (shown.full.has(id)) facts.push(['in full', shown.full.get(id)]);
  if (place[id] !== -1) facts.push(['order', 'number ' + order.places[place[id]] + ' in the ' + (key.verdict === 'ok' ? 'order that explains every answer' : 'longest order that works')]);
  else if (!why.has(id)) facts.push(['order', whyNotPlaced(id)]);
  if (why.has(id)) facts.push([place[id] === -1 ? 'why not' : 'problem', why.get(id)]);
  if (shown.isCore.has(id)) facts.push(['core', 'one of the ' + key.core.core.length + ' that are enough to show that the history is illegal' + (freedom(id))]);
  return { title: key.labels[key.label[id]], facts };
}

function freedom(id) {
  const times = shown.widened.get(id);
  if (!times || (times[0] === shown.call[id] && times[1] === shown.end[id])) return '';
  return '; when it was called and returned matters only within the dotted line';
}

function whyNotPlaced(id) {
  const { key } = shown;
  if (key.verdict === 'unknown') return 'unknown, because this key was not decided';
  if (key.verdict === 'ok') return shown.optional.has(id) ? 'in none: the answers are explained without its effect' : 'not drawn';
  return shown.optional.has(id) ? 'not in the longest order that works: it need not have taken effect' : 'not reached: the longest order that works ends before it';
}

function fillTip(id) {
  const { title, facts } = tellingOf(id);
  const head = document.createElement('strong');
  head.textContent = title;
  const list = document.createElement('dl');
  for (const [name, text] of facts) {
    const term = document.createElement('dt'), detail = document.createElement('dd');
    term.textContent = name;
    detail.textContent = text;
    if (name === 'why not' || name === 'problem') detail.className = 'why';
    list.append(term, detail);
  }
  tip.replaceChildren(head, list);
}
`;

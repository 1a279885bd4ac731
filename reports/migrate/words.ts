/** Texts of a move: its headline, its state, its figures. */
import { inWords } from '../../scenarios/inWords.ts';
import { formatCount, formatMs } from '../words/format.ts';
import type { MigrateReport, MoveState, TakenStep } from './model.ts';

export function migrateHeadline({ taken, state, asked, partial }: MigrateReport): string {
  const last = taken.at(-1);
  if (last?.outcome === 'refused') {
    const gates = last.gates.filter(({ passed }) => !passed).map(({ gate }) => gate);
    return `${last.isUndo ? 'rolling back ' : ''}${last.step} was refused by the gate ${inWords(gates)}`;
  }
  if (partial || last?.outcome === 'stopped')
    return `stopped${last === undefined ? '' : ` in ${last.step}`}; nothing is lost, run the same command to continue`;
  if (state === undefined) return 'the state of the move is unknown';
  if (last === undefined && asked === 'rollback') return 'there is nothing to roll back';
  if (last?.outcome === 'unneeded') return `${last.step} was already done, so nothing was changed`;
  return stateText(state);
}

/** The deciding side, and the next step. */
export function stateText({ decides, epoch, finished, next }: MoveState): string {
  if (finished) return `the move is finished: the new side decides for good, in epoch ${epoch}`;
  const who =
    decides === null
      ? 'neither side decides: the authority is being handed over'
      : `the ${decides} side decides${epoch === 0 ? '' : `, in epoch ${epoch}`}`;
  return next === null ? who : `${who}; next is ${next}${next === 'finish' ? ', which --finish takes' : ''}`;
}

const FIGURE_WORDS: Readonly<Record<string, string>> = {
  gapMs: 'neither side decided for',
  examined: 'records looked at',
  copied: 'records copied',
  requeued: 'jobs taken from workers',
  ended: 'sections ended',
  compared: 'records compared',
  unread: 'could not be read',
  repaired: 'writes repaired',
  writers: 'writers tried',
  records: 'records tried',
  pages: 'pages tried',
  failed: 'failed',
  instances: 'instances obey',
  percent: 'percent of keys read on the new side',
  shadowed: 'reads made on both sides',
  shadowDiffered: 'of them differed for a moment',
  version: 'order',
  epoch: 'epoch',
};

/** `1,200 records looked at, 3 records copied`. */
export function figuresText(figures: TakenStep['figures']): string {
  return Object.entries(figures)
    .filter(([name]) => name !== 'tried')
    .map(([name, value]) => figureText(name, value))
    .join(', ');
}

function figureText(name: string, value: number): string {
  const words = FIGURE_WORDS[name] ?? name;
  if (name.endsWith('Ms')) return `${words} ${formatMs(value)}`;
  if (name === 'epoch' || name === 'version') return `${words} ${value}`;
  return `${formatCount(value)} ${words}`;
}

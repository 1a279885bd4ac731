/** The result of `lockstep migrate --drill`, as its renderers receive it. */
import type { DrillJudgement } from '../../suites/drill/result.ts';

export interface DrillReport extends DrillJudgement {
  readonly schemaVersion: 1;
  readonly kind: 'drill';
  readonly lockstepVersion: string;
  /** ISO-8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats the drill. With the same seed, the same faults strike in the same steps. */
  readonly repeat: string;
  readonly seed: number;
  /** Whether the drill was interrupted. */
  readonly partial: boolean;
  /** The targets as the user named them. */
  readonly source: string;
  readonly target: string;
  readonly services: number;
  /** The folder of the evidence, relative to the report. */
  readonly evidence: string;
}

/** 0: every step held. 1: something was broken. 3: the drill saw too little, or it was interrupted. */
export function drillStatus({ verdict, partial }: Pick<DrillReport, 'verdict' | 'partial'>): 0 | 1 | 3 {
  if (verdict === 'violated') return 1;
  return verdict === 'ok' && !partial ? 0 : 3;
}

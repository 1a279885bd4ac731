/** Writes a stream as the other side has it. */
import type { StreamRecord, StreamStore } from '../../contract/index.ts';

/** Makes the stream in `streams`, which is `there` now, equal to `wanted`. Undefined: there is none. */
export async function writeStream(
  streams: Pick<StreamStore, 'create' | 'put' | 'delete'>,
  id: string,
  there: StreamRecord | undefined,
  wanted: StreamRecord | undefined,
): Promise<void> {
  if (wanted === undefined) await streams.delete(id);
  else if (there === undefined) await streams.create(wanted);
  else await streams.put(wanted);
}

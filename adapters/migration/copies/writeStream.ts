/** Writes a stream as another side has it. */
import type { StreamRecord, StreamStore } from '../../contract/index.ts';

/** Makes `streams` say `wanted` of the stream, of which it has `there`; undefined: that there is none. */
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

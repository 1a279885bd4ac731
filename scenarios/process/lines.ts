/** Lines of text over a stream, in both directions. Only the two ends know what a line means. */
import type { Duplex } from 'node:stream';

/** The longest accepted line, in UTF-16 code units. A longer one shows that the other end is broken. */
export const MAX_LINE_LENGTH: number = 256 * 1024 * 1024;

export interface LineChannel {
  /** Sends one line, which must not contain a line break. Does nothing if the other end is gone. */
  send(line: string): void;
  /** Ends this side after everything has been flushed. */
  end(): void;
}

export interface LineListener {
  line(text: string): void;
  /** Called once, when the other end is gone or sent a line without end. */
  end(): void;
}

/** Exchanges lines over `stream` until either side ends. */
export function lineChannel(stream: Duplex, listener: LineListener): LineChannel {
  let pieces: string[] = [];
  let held = 0;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    listener.end();
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = chunk.split('\n');
    const rest = lines.pop() as string;
    const [first, ...others] = lines;
    if (first !== undefined) {
      pieces.push(first);
      const whole = pieces.join('');
      pieces = [];
      held = 0;
      listener.line(whole);
      for (const line of others) listener.line(line);
    }
    if (rest === '') return;
    pieces.push(rest);
    held += rest.length;
    if (held > MAX_LINE_LENGTH) {
      stream.destroy();
      end();
    }
  });
  stream.on('end', () => {
    stream.end();
    end();
  });
  stream.on('close', end);
  // A broken pipe means that the other end has died, which is reported as its end.
  stream.on('error', end);
  return {
    send: (line) => {
      if (!stream.destroyed && stream.writable) stream.write(`${line}\n`);
    },
    end: () => {
      if (!stream.destroyed) stream.end();
    },
  };
}

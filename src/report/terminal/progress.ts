// A progress bar on a terminal, and nothing anywhere else: a log file or a pipe never sees one.

/** A stream that may be a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** @param done of `total`, in the same unit */
  update(label: string, done: number, total: number): void;
  /** Wipes the bar, so that other text can be printed. */
  clear(): void;
}

const silent: Progress = { update: () => undefined, clear: () => undefined };

/** Redraws in ms: often enough to look alive, rare enough to cost nothing. */
const redrawMs = 80;

/**
 * A bar on `stream`, drawn only when it is a terminal that knows its width.
 * @param now wall clock in ms, injected for tests
 */
export function progressOn(stream: ProgressStream, now: () => number): Progress {
  const columns = stream.columns ?? 0;
  if (stream.isTTY !== true || columns <= 0) return silent;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let visible = false;
  return {
    update(label, done, total) {
      const time = now();
      if (time - drawnAt < redrawMs && done < total) return;
      drawnAt = time;
      visible = true;
      stream.write(`\r${progressText(label, done, total, columns - 1)}\u001b[K`);
    },
    clear() {
      if (visible) stream.write("\r\u001b[K");
      visible = false;
    },
  };
}

/** "label ███████░░░  70 %" in at most `width` columns; a long label is cut, and on a very narrow terminal only the share is left. */
export function progressText(label: string, done: number, total: number, width: number): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const room = width - percent.length - 2;
  if (room < 12) return percent.slice(0, Math.max(0, width));
  const barWidth = Math.min(30, Math.floor(room / 2));
  const labelWidth = Math.min(label.length, room - barWidth);
  const filled = Math.floor(share * barWidth);
  return `${label.slice(0, labelWidth)} ${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${percent}`;
}

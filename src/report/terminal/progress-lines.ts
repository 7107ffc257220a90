// A line for each scenario that runs, on a terminal, and nothing anywhere else: how far it is, how fast, and how long it will
// take. Lines vanish when their scenario ends; what is printed meanwhile is never torn.

import { progressText, type ProgressStream } from "./progress.ts";

export interface ProgressLines {
  /** How many scenarios there are; without it no line counts them. */
  files(count: number): void;
  /** @param done bars of `total` */
  update(label: string, done: number, total: number): void;
  ended(label: string): void;
  /** Wipes the lines, so that other text can be printed. */
  clear(): void;
}

const silent: ProgressLines = { files: () => undefined, update: () => undefined, ended: () => undefined, clear: () => undefined };

/** Redraws in ms: often enough to look alive, rare enough to cost nothing. */
const redrawMs = 80;
/** A rate that rests on less is none. */
const rateMs = 200;
const shownLines = 8;
/** Room for rate and time: kept free as long as there is no rate, so that nothing jumps. */
const factsWidth = 30;

interface Line {
  readonly since: number;
  readonly from: number;
  done: number;
  total: number;
}

/** @param now wall clock in ms, injected for tests */
export function progressLinesOn(stream: ProgressStream, now: () => number): ProgressLines {
  const columns = stream.columns ?? 0;
  if (stream.isTTY !== true || columns <= 0) return silent;
  const lines = new Map<string, Line>();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let height = 0;
  let count = 0;
  let over = 0;
  const wipe = (): string => (height === 0 ? "" : `\r${height > 1 ? `\u001b[${height - 1}A` : ""}\u001b[J`);
  const draw = (): void => {
    const texts = linesText(lines, { count, over, time: now(), width: columns - 1 });
    stream.write(`${wipe()}${texts.join("\n")}`);
    height = texts.length;
  };
  return {
    files(files) {
      count = files;
    },
    update(label, done, total) {
      const time = now();
      const line = lines.get(label);
      if (line === undefined) lines.set(label, { since: time, from: done, done, total });
      else Object.assign(line, { done, total });
      if (time - drawnAt < redrawMs) return;
      drawnAt = time;
      draw();
    },
    ended(label) {
      over += 1;
      lines.delete(label);
      if (height > 0) draw();
    },
    clear() {
      if (height > 0) stream.write(wipe());
      height = 0;
    },
  };
}

interface Look {
  readonly count: number;
  readonly over: number;
  readonly time: number;
  readonly width: number;
}

function linesText(lines: ReadonlyMap<string, Line>, { count, over, time, width }: Look): string[] {
  const shown = [...lines].slice(0, shownLines);
  const labels = Math.max(...shown.map(([label]) => label.length));
  const texts = shown.map(([label, line]) => lineText(label.padEnd(labels), line, time, width));
  const more = lines.size - texts.length;
  if (count > 1) texts.push(`${over} of ${count} scenarios${more > 0 ? `, ${more} more at work` : ""}`.slice(0, width));
  return texts;
}

/** "label ███░░░ 70 %  1.2M bars/s  12 s left"; on a narrow terminal without what stands behind the share. */
function lineText(label: string, { since, from, done, total }: Line, time: number, width: number): string {
  if (width < factsWidth + 30) return progressText(label, done, total, width);
  const elapsed = time - since;
  const rate = elapsed < rateMs ? 0 : ((done - from) / elapsed) * 1_000;
  const facts = rate > 0 ? `  ${rateText(rate).padStart(12)}  ${leftText((total - done) / rate)}` : "";
  return `${progressText(label, done, total, width - factsWidth)}${facts}`;
}

/** "1.2M bars/s". */
export function rateText(barsPerSecond: number): string {
  const [amount, unit] = barsPerSecond >= 1e6 ? [barsPerSecond / 1e6, "M"] : barsPerSecond >= 1e3 ? [barsPerSecond / 1e3, "k"] : [barsPerSecond, ""];
  return `${amount >= 100 || unit === "" ? Math.round(amount) : amount.toFixed(1)}${unit} bars/s`;
}

/** "12 s left", "3:05 left", "2:03:05 left". */
export function leftText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (part: number): string => String(part).padStart(2, "0");
  if (whole < 60) return `${whole} s left`;
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours === 0 ? `${minutes}:${two(whole % 60)} left` : `${hours}:${two(minutes)}:${two(whole % 60)} left`;
}

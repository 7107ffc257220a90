// The place of an error as a person sees it: the line of the file, and the value in it underlined. Text only; it reads no file.

import { displayWidth } from "./display-width.ts";
import type { Screen } from "./screen.ts";

/** One line of a file and the part of it that is meant: `text` from `from` up to `to`; an empty part is the place behind `from`. */
export interface Excerpt {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Room that a line is given even on the narrowest terminal. */
const narrowest = 24;
const cut = "…";

/** Two lines: the file's own, cut around the place where it is too long, and the signs under it. Without colours it says the same. */
export function excerptLines({ line, text, from, to }: Excerpt, { width, paint }: Screen): string[] {
  const gutter = `  ${line} │ `;
  const { before, meant, behind } = window(printable(text), from, to, Math.max(narrowest, width - gutter.length));
  const under = "^".repeat(Math.max(1, displayWidth(meant)));
  const blank = `${" ".repeat(gutter.length - 2)}│ ${" ".repeat(displayWidth(before))}`;
  return [`${paint("dim", gutter)}${before}${meant === "" ? "" : paint("bold", meant)}${behind}`, `${paint("dim", blank)}${paint("red", under)}`];
}

/** What fits into `room` columns of a line, the meant part in view. */
function window(text: string, from: number, to: number, room: number): { before: string; meant: string; behind: string } {
  const whole = { before: text.slice(0, from), meant: text.slice(from, to), behind: text.slice(to) };
  if (displayWidth(text) <= room) return whole;
  const meant = displayWidth(whole.meant) > room - 2 ? `${head(whole.meant, room - 3)}${cut}` : whole.meant;
  // A third of what is left stands before the place, the rest behind it; what one side does not need the other has.
  const left = Math.max(0, room - displayWidth(meant));
  const ahead = Math.min(displayWidth(whole.before), Math.max(Math.floor(left / 3), left - displayWidth(whole.behind)));
  const before = displayWidth(whole.before) <= ahead ? whole.before : `${cut}${tail(whole.before, ahead - 1)}`;
  const rest = room - displayWidth(before) - displayWidth(meant);
  const behind = meant.endsWith(cut) ? "" : displayWidth(whole.behind) <= rest ? whole.behind : `${head(whole.behind, rest - 1)}${cut}`;
  return { before, meant, behind };
}

/** As many whole letters from the front as fit. */
function head(text: string, columns: number): string {
  let kept = "";
  let used = 0;
  for (const letter of text) {
    used += displayWidth(letter);
    if (used > columns) break;
    kept += letter;
  }
  return kept;
}

function tail(text: string, columns: number): string {
  let kept = "";
  let used = 0;
  for (const letter of Array.from(text).reverse()) {
    used += displayWidth(letter);
    if (used > columns) break;
    kept = letter + kept;
  }
  return kept;
}

/** One sign for one: tabs are blanks, other control characters (escape codes of a hostile file) marks. */
function printable(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

// The lines of running scenarios, as a terminal would show them: a small one stands here and takes what is written.

import { describe, expect, it } from "vitest";

import { leftText, progressLinesOn, rateText } from "../../../src/report/terminal/progress-lines.ts";

/** What a terminal shows after all that was written: knows line breaks, carriage returns, cursor up and erase below. */
class Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  private lines: string[] = [""];
  private row = 0;
  written = "";

  constructor(columns: number, isTTY = true) {
    this.columns = columns;
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.written += text;
    for (const [part] of text.matchAll(/\u001b\[(\d*)([AJ])|\r|\n|[^\u001b\r\n]+/g)) {
      if (part === "\n") {
        this.row += 1;
        this.lines[this.row] ??= "";
      } else if (part.endsWith("A") && part.startsWith("\u001b")) this.row -= Number(part.slice(2, -1));
      else if (part === "\u001b[J") this.lines = [...this.lines.slice(0, this.row), ""];
      // Every line is written from its first column on, after a carriage return, a line break or an erasure.
      else if (part !== "\r") this.lines[this.row] = part;
    }
  }

  get shown(): string[] {
    return this.lines.filter((line) => line !== "");
  }
}

describe("the lines of running scenarios", () => {
  it("tell how far, how fast and how long, a line each, and how many have ended", () => {
    const terminal = new Terminal(80);
    let time = 0;
    const progress = progressLinesOn(terminal, () => time);
    progress.files(3);
    // 79 columns less 30 for rate and time: half of what the share leaves is a bar of 21.
    progress.update("a", 1_000, 100_000);
    expect(terminal.shown).toEqual([`a ${"░".repeat(21)}   1 %`, "0 of 3 scenarios"]);
    time = 500;
    progress.update("long-one", 5_000, 10_000);
    // 50,000 bars in the second since the first word: 49 seconds for the 49,000 that are left.
    time = 1_000;
    progress.update("a", 51_000, 100_000);
    expect(terminal.shown).toEqual([
      `a        ${"█".repeat(10)}${"░".repeat(11)}  51 %  50.0k bars/s  1 s left`,
      `long-one ${"█".repeat(10)}${"░".repeat(11)}  50 %`,
      "0 of 3 scenarios",
    ]);
    progress.ended("a");
    expect(terminal.shown).toEqual([`long-one ${"█".repeat(10)}${"░".repeat(11)}  50 %`, "1 of 3 scenarios"]);
    progress.clear();
    expect(terminal.shown).toEqual([]);
  });

  it("are not redrawn more often than an eye can see", () => {
    const terminal = new Terminal(80);
    let time = 0;
    const progress = progressLinesOn(terminal, () => time);
    for (time = 0; time < 800; time += 1) progress.update("a", time + 1, 1_000);
    expect(terminal.written.split("\u001b[J")).toHaveLength(10);
  });

  it("are at most eight, and the rest is counted; no line is wider than the terminal", () => {
    const terminal = new Terminal(40);
    const progress = progressLinesOn(terminal, () => 0);
    progress.files(40);
    for (let at = 0; at < 12; at += 1) progress.update(`scenario-with-a-name-that-is-far-too-long-${at}`, 1, 2);
    let time = 1_000;
    const later = progressLinesOn(terminal, () => time);
    later.files(40);
    for (let at = 0; at < 12; at += 1) {
      later.update(`scenario-with-a-name-that-is-far-too-long-${at}`, 1, 2);
      time += 100;
    }
    expect(terminal.shown.at(-1)).toBe("0 of 40 scenarios, 4 more at work");
    expect(Math.max(...terminal.shown.map((line) => line.length))).toBeLessThan(40);
  });

  it("are nothing where there is no terminal, and for one scenario there is no count", () => {
    const pipe = new Terminal(80, false);
    const silent = progressLinesOn(pipe, () => 0);
    silent.files(3);
    silent.update("a", 1, 2);
    silent.ended("a");
    silent.clear();
    expect(pipe.written).toBe("");
    const terminal = new Terminal(80);
    progressLinesOn(terminal, () => 0).update("a", 1, 2);
    expect(terminal.shown).toEqual([`a ${"█".repeat(10)}${"░".repeat(11)}  50 %`]);
  });
});

describe("a rate and what is left", () => {
  it.each([
    [12.4, "12 bars/s"],
    [999, "999 bars/s"],
    [1_234, "1.2k bars/s"],
    [123_456, "123k bars/s"],
    [12_345_678, "12.3M bars/s"],
  ])("%d is %j", (rate, text) => {
    expect(rateText(rate)).toBe(text);
  });

  it.each([
    [0, "0 s left"],
    [0.2, "1 s left"],
    [59.1, "1:00 left"],
    [185, "3:05 left"],
    [7_385, "2:03:05 left"],
  ])("%d seconds are %j", (seconds, text) => {
    expect(leftText(seconds)).toBe(text);
  });
});

// Whether bars and what is said to be inside them are the same market: each step lies in a bar, and each bar is what its steps
// make of it. It must never mend a difference.

import { BarSeries, printUnits, type Price } from "../domain/index.ts";

export interface RangeProblem {
  readonly code: string;
  readonly reason: string;
  readonly hint: string;
}

/** The steps from the first bar's open to the last one's close. */
export function insideRange(frames: BarSeries, steps: BarSeries): BarSeries {
  const [from, to] = rangeOf(frames, steps);
  const cut = (column: Float64Array) => column.slice(from, to);
  const { symbol, timeframe, interval, priceScale, quantityScale, time, open, high, low, close, volume } = steps;
  const columns = { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
}

/** Why the steps are not what is inside the bars; null when they are. Both have the same scales. */
export function rangeProblem(frames: BarSeries, steps: BarSeries): RangeProblem | null {
  if (steps.interval >= frames.interval || frames.interval % steps.interval !== 0) {
    return disagreement(`${steps.timeframe} bars cannot stand inside ${frames.timeframe} bars`, "what is inside a bar is shorter and fills it");
  }
  const [from, to] = rangeOf(frames, steps);
  if (from === to) return disagreement("nothing of it lies in the time of the bars", "read a range that both cover");
  let step = from;
  for (let bar = 0; bar < frames.length; bar += 1) {
    const first = step;
    if (step < to && steps.timeAt(step) < frames.timeAt(bar)) return stray(steps, step);
    while (step < to && steps.timeAt(step) < frames.closeTimeAt(bar)) step += 1;
    if (step > first && steps.closeTimeAt(step - 1) > frames.closeTimeAt(bar)) return stray(steps, step - 1);
    const problem = first === step ? silentProblem(frames, bar) : barProblem(frames, bar, steps, first, step);
    if (problem !== null) return problem;
  }
  return null;
}

function rangeOf(frames: BarSeries, steps: BarSeries): [from: number, to: number] {
  let from = 0;
  while (from < steps.length && steps.timeAt(from) < frames.timeAt(0)) from += 1;
  let to = steps.length;
  while (to > from && steps.timeAt(to - 1) >= frames.closeTimeAt(frames.length - 1)) to -= 1;
  return [from, to];
}

/** A bar without a step must be one in which nothing was traded. */
function silentProblem(frames: BarSeries, bar: number): RangeProblem | null {
  const before = bar === 0 ? frames.openAt(0) : frames.closeAt(bar - 1);
  const still = [frames.openAt(bar), frames.highAt(bar), frames.lowAt(bar), frames.closeAt(bar)].every((price) => price === before);
  if (still && frames.volumeAt(bar) === 0) return null;
  return disagreement(`there is nothing inside the bar of ${timeText(frames, bar)}, and it has moved`, "read a range that both cover");
}

function barProblem(frames: BarSeries, bar: number, steps: BarSeries, first: number, end: number): RangeProblem | null {
  let [high, low] = [steps.highAt(first), steps.lowAt(first)];
  for (let step = first + 1; step < end; step += 1) {
    high = Math.max(high, steps.highAt(step)) as Price;
    low = Math.min(low, steps.lowAt(step)) as Price;
  }
  // Some venues open a bar at the close before it: no trade of its own needs to have been there.
  const { ofTrades } = steps;
  const found: readonly (readonly [name: string, ofBar: Price, inside: Price, agrees: boolean])[] = [
    ["open", frames.openAt(bar), steps.openAt(first), ofTrades || frames.openAt(bar) === steps.openAt(first)],
    ["high", frames.highAt(bar), high, ofTrades ? frames.highAt(bar) >= high : frames.highAt(bar) === high],
    ["low", frames.lowAt(bar), low, ofTrades ? frames.lowAt(bar) <= low : frames.lowAt(bar) === low],
    ["close", frames.closeAt(bar), steps.closeAt(end - 1), frames.closeAt(bar) === steps.closeAt(end - 1)],
  ];
  const wrong = found.find(([, , , agrees]) => !agrees);
  if (wrong === undefined) return null;
  const [name, ofBar, inside] = wrong;
  const [own, other] = [ofBar, inside].map((price) => printUnits(price, frames.priceScale));
  const hint = "both must be of one market and venue; without a source of their own the bars are made of what is inside";
  return disagreement(`the bar of ${timeText(frames, bar)} has the ${name} ${own}, inside it is ${other}`, hint);
}

function stray(steps: BarSeries, step: number): RangeProblem {
  return disagreement(`what is there at ${timeText(steps, step)} lies in no bar`, "the bars must have no gap where there is something inside");
}

function timeText(series: BarSeries, row: number): string {
  return new Date(series.timeAt(row)).toISOString();
}

function disagreement(reason: string, hint: string): RangeProblem {
  return { code: "inside_disagrees", reason, hint };
}

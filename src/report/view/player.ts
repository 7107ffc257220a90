// The run step by step: each committed record and each close, with what it changed in the runner's and the strategies' state.
// It hears a walk over the run and words what it heard; it must never show a state that the runner did not have.

import { printUnits } from "../../domain/index.ts";
import { readTape, type Journal, type TapeRecord } from "../../journal/index.ts";
import type { Act } from "../../session/index.ts";
import { changesBetween } from "./state-changes.ts";
import type { Json, PlayerStep, PlayerView, StateChange } from "./run-view.ts";
import type { RunNames } from "./names.ts";
import { fieldsOf, marketOf, ordersOf, sentenceOf, type Fields } from "./records.ts";
import { playerState, type PlayerState } from "./state.ts";

export interface PlayerLimits {
  readonly steps: number;
  /** Characters of all changes as JSON. */
  readonly characters: number;
}

/** An act with what it changed. */
interface HeardAct {
  readonly kind: Act["kind"];
  readonly from: number;
  readonly to: number;
  readonly bars: readonly number[];
  readonly changes: readonly StateChange[];
}

export class Player {
  declare private readonly names: RunNames;
  declare private readonly limits: PlayerLimits;
  private initial: PlayerState = { runner: null, strategy: null };
  private state: PlayerState = { runner: null, strategy: null };
  private readonly acts: HeardAct[] = [];
  private count = 0;
  private characters = 0;
  /** Row of each market at which the steps end for want of room; null while there is some. */
  private fullAt: readonly number[] | null = null;

  constructor(names: RunNames, limits: PlayerLimits) {
    this.names = names;
    this.limits = limits;
  }

  /** @returns false when there is no room for more */
  hear(act: Act): boolean {
    const next = playerState(act.state, this.names);
    if (act.kind === "start") {
      this.initial = next;
      this.state = next;
      return true;
    }
    const { kind, from, to, bars } = act;
    const changes = [...changesBetween(this.state.runner, next.runner, "runner"), ...changesBetween(this.state.strategy, next.strategy, "strategy")];
    this.count += to - from + (kind === "event" ? 0 : bars.length);
    this.characters += JSON.stringify(changes).length;
    if (this.count > this.limits.steps || this.characters > this.limits.characters) {
      this.fullAt = bars;
      return false;
    }
    this.state = next;
    this.acts.push({ kind, from, to, bars, changes });
    return true;
  }

  /**
   * @param journal of the run that was walked
   * @param everyBar whether each close is a step of its own
   */
  view(journal: Journal, everyBar: boolean): { readonly view: PlayerView; readonly stepOf: (record: number) => number | null } {
    const entries = entriesOf(journal, this.acts.at(-1)?.to ?? 0);
    const steps: PlayerStep[] = [];
    const places = new Map<number, number>();
    let bars: readonly number[] = this.names.markets.map(() => -1);
    let now = Number.NEGATIVE_INFINITY;
    for (const act of this.acts) {
      const first = steps.length;
      if (act.kind !== "event") steps.push(...this.closes(bars, act.bars));
      for (let record = act.from; record < act.to; record += 1) {
        for (const { entry, place } of entries.get(record) ?? []) {
          places.set(place, steps.length);
          now = Math.max(now, entry.time);
          steps.push(this.recordStep(entry, now));
        }
      }
      bars = act.bars;
      steps.push(...withChanges(steps.splice(first), act));
    }
    return {
      view: { initial: { ...this.initial }, steps, omitted: this.omitted(everyBar) },
      stepOf: (record) => places.get(record) ?? null,
    };
  }

  private omitted(everyBar: boolean): string | null {
    const told = everyBar ? [] : ["bars at which nothing was recorded are one step where they follow each other"];
    if (this.fullAt !== null) {
      const last = this.fullAt.map((bar, market) => (this.fullAt?.length === 1 ? `bar ${bar}` : `bar ${bar} of ${this.names.symbol(market)}`));
      told.push(`the steps end at ${last.join(", ")}: the page has no room for more`);
    }
    return told.length === 0 ? null : told.join("; ");
  }

  private closes(before: readonly number[], after: readonly number[]): PlayerStep[] {
    return after.flatMap((bar, market) => (bar === before[market] ? [] : [this.closeStep(market, (before[market] ?? -1) + 1, bar)]));
  }

  private closeStep(market: number, first: number, bar: number): PlayerStep {
    const { series, instrument } = this.names.markets[market] as RunNames["markets"][number];
    const close = printUnits(series.closeAt(bar), instrument.priceScale);
    const text = first === bar ? `bar ${bar} closed at ${close}` : `bars ${first} to ${bar} closed, the last at ${close}`;
    return { bar, time: series.closeTimeAt(bar), symbol: instrument.symbol, type: "bar_closed", text, order: null, data: null, changes: [] };
  }

  /** @param now when the record was heard: later than its own time where the process was asleep or gone */
  private recordStep({ bar, time, record }: TapeRecord, now: number): PlayerStep {
    const { names } = this;
    const market = marketOf(record);
    const [number = null, ...others] = ordersOf(record);
    const fields = fieldsOf(record, names);
    const who = number === null ? "" : names.label(number);
    const text = sentenceOf(record.type, fields, who);
    const named = record.type === "order_filled" || record.type === "ledger_entry" ? `${who}${who === "" ? "" : ": "}${text}` : text;
    // What the runner answers it does now; only what it is told happened before.
    const late = time < now && "sequence" in record ? `; that was at ${new Date(time).toISOString()}` : "";
    const data: Json = fields;
    const order = number === null || others.length > 0 ? null : names.place(number);
    const symbol = market === null ? null : names.symbol(market);
    return { bar, time: now, symbol, type: record.type, text: `${named}${late}`, order, data, changes: [] };
  }
}

/** What a step must be to be the one that tells a change: of an order or a timer by its name, of the ledger's sum. */
const tellers: readonly {
  readonly path: RegExp;
  readonly tells: (step: PlayerStep, name: string, kind: StateChange["kind"]) => boolean;
}[] = [
  {
    path: /^runner\.orders\.([^.]+)/,
    tells: ({ type, data }, name, kind) => (data as Fields | null)?.["order"] === name && (orderTellers[kind]?.includes(type) ?? true),
  },
  { path: /^runner\.timers\.(\d+)/, tells: ({ data }, name) => (data as Fields | null)?.["timer"] === Number(name) },
  { path: /^runner\.netResult$/, tells: ({ type }) => type === "ledger_entry" },
];
const orderTellers: Partial<Record<StateChange["kind"], readonly string[]>> = {
  added: ["submit_order", "order_held"],
  removed: ["order_settled"],
};

/** The steps of one act with its changes: each stands at the record that tells it, what none tells at the first step of the act. */
function withChanges(steps: readonly PlayerStep[], { kind, changes }: HeardAct): PlayerStep[] {
  // Several closes of one instant are decided on together, at the last of them.
  const first =
    kind === "event"
      ? 0
      : Math.max(
          0,
          steps.findLastIndex(({ type }) => type === "bar_closed"),
        );
  const told = steps.map((): StateChange[] => []);
  for (const change of changes) told[tellerOf(steps, change) ?? first]?.push(change);
  return steps.map((step, at) => ({ ...step, changes: told[at] ?? [] }));
}

function tellerOf(steps: readonly PlayerStep[], { path, kind }: StateChange): number | null {
  for (const { path: pattern, tells } of tellers) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const at = steps.findIndex((step) => tells(step, match[1] ?? "", kind));
    return at < 0 ? null : at;
  }
  return null;
}

/** Records of a journal by their number, before `end`; each with its place among all entries, because a fill may carry its order's verdict. */
function entriesOf(journal: Journal, end: number): Map<number, { readonly entry: TapeRecord; readonly place: number }[]> {
  const found = new Map<number, { readonly entry: TapeRecord; readonly place: number }[]>();
  let number = -1;
  let place = -1;
  readTape(
    journal.tape,
    (entry) => {
      place += 1;
      const own = found.get(number);
      if (own === undefined) found.set(number, [{ entry, place }]);
      else own.push({ entry, place });
    },
    (record) => {
      number = record;
      return record < end;
    },
  );
  return found;
}

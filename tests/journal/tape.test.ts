// The tape: every event and effect comes back as it went in, across chunk borders too, and its digest sees every change.

import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EffectQueue, EventPlace, type BarIndex, type Effect, type OrderFilled } from "../../src/domain/index.ts";
import { readTape, Tape, writeAnswer, writeEffect, writeEvent, writeVerdict, type TapeRecord } from "../../src/journal/index.ts";
import { anyEffect, anyEvent, effectKinds, eventKinds, marketCount, type TapeEvent } from "./arbitraries.ts";

const bars = Int32Array.of(7, -1, 2_000_000);

type Entry = { readonly event: TapeEvent } | { readonly effect: Effect; readonly time: number };

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  anyEvent.map((event) => ({ event })),
  fc.record({ effect: anyEffect, time: fc.nat() }),
);

function write(tape: Tape, entries: readonly Entry[]): void {
  bars.forEach((row, market) => tape.mark(market, row));
  for (const entry of entries) {
    if ("event" in entry) writeEvent(tape, entry.event);
    else {
      const queue = new EffectQueue();
      queue.push(entry.effect);
      tape.moment(entry.time);
      if (queue.placed > 0) writeEffect(tape, queue.first);
      else writeVerdict(tape, queue);
    }
  }
}

function read(tape: Tape): TapeRecord[] {
  const records: TapeRecord[] = [];
  readTape(tape, (entry) => records.push(entry));
  return records;
}

/** The record's market; records without one stand at the first market's bar. */
function barOf(record: TapeEvent | Effect): number {
  const market = record.type === "submit_order" || record.type === "order_held" ? record.request.market : "market" in record ? record.market : 0;
  return bars[market] as number;
}

function expected(entry: Entry): TapeRecord {
  const record = "event" in entry ? entry.event : entry.effect;
  return { bar: barOf(record) as BarIndex, time: ("event" in entry ? entry.event.time : entry.time) as never, record };
}

function digest(tape: Tape): string {
  const hash = createHash("sha256");
  tape.digest(hash);
  return hash.digest("hex");
}

function tapeOf(entries: readonly Entry[]): Tape {
  const tape = new Tape();
  write(tape, entries);
  return tape;
}

describe("the tape", () => {
  it("has an arbitrary for every kind of event and effect", () => {
    expect(eventKinds).toHaveLength(19);
    expect(effectKinds).toHaveLength(16);
    expect(bars).toHaveLength(marketCount);
  });

  it("gives back a verdict that was recorded with the answer it follows from", () => {
    const canceled = { type: "order_canceled", market: 1, time: 7, sequence: 3, order: 512, cumulative: 4 };
    const filled = { ...canceled, type: "order_filled", trade: 9, price: 10, quantity: 4, fee: -1, feeCurrency: "USDT", liquidity: "maker" };
    const settled = { type: "order_settled", market: 1, order: 512, status: "FILLED", reason: "fill_during_cancel" };
    const tape = new Tape();
    const place = Object.assign(new EventPlace(), canceled, { kind: 1 });
    const queue = new EffectQueue();
    writeAnswer(tape, place, queue);
    queue.push(settled as never);
    writeAnswer(tape, place, queue);
    writeAnswer(tape, Object.assign(new EventPlace(), { kind: 2, fill: filled as never as OrderFilled }), queue);
    // The verdict on another order is a record of its own.
    writeAnswer(tape, Object.assign(new EventPlace(), canceled, { kind: 1, order: 768 }), queue);
    const records = read(tape).map(({ record }) => record);
    expect(records).toEqual([canceled, canceled, settled, filled, settled, { ...canceled, order: 768 }, settled]);
    expect(tape.length).toBe(5);
  });

  it.each(eventKinds)("gives back %s as it went in", (_type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (event) => {
        expect(read(tapeOf([{ event }]))).toEqual([expected({ event })]);
      }),
    );
  });

  it.each(effectKinds)("gives back %s as it went in", (_type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (effect, time) => {
        expect(read(tapeOf([{ effect, time }]))).toEqual([expected({ effect, time })]);
      }),
    );
  });

  it("gives back any sequence in order", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 60 }), (entries) => {
        const tape = tapeOf(entries);
        expect(tape.length).toBe(entries.length);
        expect(read(tape)).toEqual(entries.map(expected));
      }),
    );
  });

  it("keeps records whole at the borders of its chunks", () => {
    // A chunk holds 8,192 words; a submit takes 6 or 8, a timer 4: every remainder at the border occurs.
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 5, maxLength: 17 }), (pattern) => {
        const entries = Array.from({ length: 4_000 }, (_, n) => pattern[n % pattern.length] as Entry);
        const tape = tapeOf(entries);
        expect(tape.bytes).toBeGreaterThanOrEqual(2 * 65_536);
        const records = read(tape);
        expect(records).toHaveLength(entries.length);
        for (let at = 0; at < records.length; at += 97) expect(records[at]).toEqual(expected(entries[at] as Entry));
        expect(records.at(-1)).toEqual(expected(entries.at(-1) as Entry));
      }),
      { numRuns: 12 },
    );
  });

  it("an exactly full chunk loses nothing", () => {
    // Three rows take 6 words, a moment 2, a cancel 1 + 2, a timer 1 + 3: four cancels at one moment and 2,043 timers are
    // 6 + 2 + 12 + 8,172 = 8,192 words, one chunk.
    const timer: Entry = { event: { type: "timer_fired", time: 5 as never, sequence: 0 as never, timer: 9 } };
    const cancel: Entry = { effect: { type: "cancel_order", order: 256 as never, market: 0 as never, reason: "strategy_cancel" }, time: 1 };
    for (const [timers, chunks] of [
      [2_042, 1],
      [2_043, 1],
      [2_044, 2],
    ] as const) {
      const entries = [cancel, cancel, cancel, cancel, ...Array.from({ length: timers }, () => timer)];
      const tape = tapeOf(entries);
      expect(tape.bytes).toBe(chunks * 65_536);
      expect(read(tape)).toEqual(entries.map(expected));
    }
  });

  it("a released tape gives its memory to the next one and is never read as empty", () => {
    const timer: Entry = { event: { type: "timer_fired", time: 5 as never, sequence: 0 as never, timer: 9 } };
    // 2,100 timers are 8,400 words: one full chunk and a second one.
    const entries = Array.from({ length: 2_100 }, () => timer);
    const first = new Tape();
    const chunk = first.words;
    write(first, entries);
    first.release();
    expect(() => read(first)).toThrow("given back");
    const second = new Tape();
    expect(second.words).toBe(chunk);
    write(second, entries);
    expect(read(second)).toEqual(entries.map(expected));
  });

  it("equal records give equal digests", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        expect(digest(tapeOf(entries))).toBe(digest(tapeOf(structuredClone(entries))));
      }),
    );
  });

  it("a record more, fewer, changed or moved gives another digest", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 20 }), anyEntry, fc.nat(), (entries, other, pick) => {
        const at = pick % entries.length;
        const mine = digest(tapeOf(entries));
        expect(digest(tapeOf([...entries, other]))).not.toBe(mine);
        expect(digest(tapeOf(entries.toSpliced(at, 1)))).not.toBe(mine);
        if (JSON.stringify(entries[at]) !== JSON.stringify(other)) expect(digest(tapeOf(entries.with(at, other)))).not.toBe(mine);
      }),
    );
  });

  it("texts that differ by an emptiness differ on the tape", () => {
    const empty: Entry = {
      event: {
        type: "order_rejected",
        time: 0 as never,
        sequence: 1 as never,
        market: 0 as never,
        order: 256 as never,
        reason: "signal",
        code: "",
        message: null,
        ccxtClass: null,
        limit: null,
      },
    };
    const none: Entry = { event: { ...(empty as { event: TapeEvent }).event, code: null } as TapeEvent };
    expect(read(tapeOf([empty, none])).map(({ record }) => (record.type === "order_rejected" ? record.code : "?"))).toEqual(["", null]);
    expect(digest(tapeOf([empty]))).not.toBe(digest(tapeOf([none])));
  });
});

// The tape: every event and effect comes back as it went in, across chunk borders too, and its digest sees every change.

import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EffectQueue, EventPlace, type BarIndex, type Effect, type OrderFilled, type OrderRequest } from "../../src/domain/index.ts";
import { JournalTape, readTape, type TapeRecord } from "../../src/journal/index.ts";
import { anyEffect, anyEvent, effectKinds, eventKinds, marketCount, type TapeEvent } from "./arbitraries.ts";

const bars = Int32Array.of(7, -1, 2_000_000);

const request: OrderRequest = {
  order: 256 as never,
  market: 1 as never,
  side: "buy",
  leg: "NET",
  family: "entry",
  type: "limit",
  quantity: 1 as never,
  price: 30_000 as never,
  trigger: null,
  timeInForce: "GTC",
  reduceOnly: false,
  timeToLive: null,
  replaces: null,
  terms: null,
};

type Entry = { readonly event: TapeEvent } | { readonly effect: Effect; readonly time: number };

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  anyEvent.map((event) => ({ event })),
  fc.record({ effect: anyEffect, time: fc.nat() }),
);

function write(tape: JournalTape, entries: readonly Entry[]): void {
  bars.forEach((row, market) => tape.mark(market, row));
  for (const entry of entries) {
    if ("event" in entry) tape.event(entry.event);
    else {
      const queue = new EffectQueue();
      queue.push(entry.effect);
      tape.moment(entry.time);
      if (queue.placed > 0) tape.effect(queue.first);
      else tape.verdict(queue);
    }
  }
}

function read(tape: JournalTape): TapeRecord[] {
  const records: TapeRecord[] = [];
  readTape(tape, (entry) => records.push(entry));
  return records;
}

/** The record's market; records without one stand at the first market's bar. */
function barOf(record: TapeEvent | Effect): number {
  const market = "request" in record && typeof record.request === "object" ? record.request.market : "market" in record ? record.market : 0;
  return bars[market ?? 0] as number;
}

function expected(entry: Entry): TapeRecord {
  const record = "event" in entry ? entry.event : entry.effect;
  return { bar: barOf(record) as BarIndex, time: ("event" in entry ? entry.event.time : entry.time) as never, record };
}

function digest(tape: JournalTape): string {
  const hash = createHash("sha256");
  tape.digest(hash);
  return hash.digest("hex");
}

function tapeOf(entries: readonly Entry[]): JournalTape {
  const tape = new JournalTape();
  write(tape, entries);
  return tape;
}

describe("the tape", () => {
  it("has an arbitrary for every kind of event and effect", () => {
    expect(eventKinds).toHaveLength(34);
    expect(effectKinds).toHaveLength(27);
    expect(bars).toHaveLength(marketCount);
  });

  it("gives back a verdict that was recorded with the answer it follows from", () => {
    const canceled = { type: "order_canceled", market: 1, time: 7, sequence: 3, order: 512, cumulative: 4 };
    const filled = { ...canceled, type: "order_filled", trade: 9, price: 10, quantity: 4, fee: -1, feeCurrency: "USDT", liquidity: "maker" };
    const settled = { type: "order_settled", market: 1, order: 512, status: "FILLED", reason: "fill_during_cancel" };
    const tape = new JournalTape();
    const place = Object.assign(new EventPlace(), canceled, { kind: 1 });
    const queue = new EffectQueue();
    tape.answer(place, queue);
    queue.push(settled as never);
    tape.answer(place, queue);
    tape.answer(Object.assign(new EventPlace(), { kind: 2, fill: filled as never as OrderFilled }), queue);
    // The verdict on another order is a record of its own.
    tape.answer(Object.assign(new EventPlace(), canceled, { kind: 1, order: 768 }), queue);
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

  it("gives back orders whose numbers, times and quantities follow from one another, which its short forms leave out", () => {
    const small = fc.integer({ min: 0, max: 2 });
    const step = fc.record({ kind: fc.nat(6), order: small, time: fc.constantFrom(0, 1, 15_000, 60_000, 300_000), sequence: small, size: small });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let [sent, heard, time, sequence, cumulative] = [0, 0, 1_735_689_600_000, 0, 0];
        const entries = steps.map((at): Entry => {
          time += at.time;
          sequence += at.sequence;
          const order = (at.order === 0 ? sent : 256 * at.order) as never;
          const head = { market: 1 as never, time: time as never, sequence: sequence as never };
          const [quantity, net] = [(at.size + 1) as never, (100 * at.size - 1 - at.size) as never];
          switch (at.kind) {
            case 0:
              sent += 256 * at.order;
              return { effect: { type: "submit_order", request: { ...request, order: sent as never, quantity }, reason: "signal" }, time };
            case 1:
              heard += 256 * at.order;
              return { event: { type: "order_acknowledged", ...head, order: heard as never, venueOrderId: sequence } };
            case 2:
              return { effect: { type: "cancel_order", order, market: 1 as never, reason: at.size === 0 ? "replaced" : "strategy_cancel" }, time };
            case 3:
              return { event: { type: "order_canceled", ...head, order, cumulative: at.size as never } };
            case 4: {
              const money = { price: 30_000 as never, quantity, fee: 15 as never, feeCurrency: "USDT", cumulative: quantity };
              return { event: { type: "order_filled", ...head, order, trade: sequence, liquidity: at.size === 0 ? "maker" : "taker", ...money } };
            }
            case 5:
              return { effect: { type: "order_settled", order, market: 1 as never, status: "FILLED", reason: "filled" }, time };
            default: {
              cumulative += at.order === 0 ? (net as number) : 7;
              const fees = { entryFee: 1 as never, exitFee: at.size as never, net, cumulative: cumulative as never };
              const entry = { type: "ledger_entry", order, market: 1 as never, leg: "NET", quantity, gross: (100 * at.size) as never, ...fees };
              return { effect: entry as Effect, time };
            }
          }
        });
        expect(read(tapeOf(entries))).toEqual(entries.map(expected));
      }),
    );
  });

  it("keeps records whole at the borders of its chunks", () => {
    // A chunk holds 16,384 words; a submit takes 2 to 6 or 16, a timer 8: every remainder at the border occurs.
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

  it("a moment that opens a chunk stands in it, whatever its form", () => {
    // A moment of whole seconds and a verdict of 3 words take 4 words; of odd ms 5; of years 4 and 3. Up to 20 verdicts before them.
    const verdict = (time: number): Entry => ({
      effect: { type: "order_settled", order: 256 as never, market: 0 as never, status: "FILLED", reason: "filled" },
      time,
    });
    for (const rise of [1_000, 1_001, 2 ** 33]) {
      for (let before = 0; before < 20; before += 1) {
        const times = Array.from({ length: 6_000 }, (_, n) => (n < before ? 5 : 5 + rise * (n - before)));
        const entries = times.map(verdict);
        expect(read(tapeOf(entries)).map(({ time }) => time)).toEqual(times);
      }
    }
  });

  it("an exactly full chunk loses nothing", () => {
    // Three rows take 6 words, a moment of 2 ms 2, a cancel 2, a timer 2 + 3 × 2: four cancels at one moment and 2,046 timers
    // are 6 + 2 + 8 + 16,368 = 16,384 words, one chunk. Room is made for 12 words at a time.
    const timer: Entry = { event: { type: "timer_fired", time: 5 as never, sequence: 0 as never, timer: 9 } };
    const cancel: Entry = { effect: { type: "cancel_order", order: 256 as never, market: 0 as never, reason: "strategy_cancel" }, time: 1 };
    for (const [timers, chunks] of [
      [2_045, 1],
      [2_046, 1],
      [2_047, 2],
    ] as const) {
      const entries = [cancel, cancel, cancel, cancel, ...Array.from({ length: timers }, () => timer)];
      const tape = tapeOf(entries);
      expect(tape.bytes).toBe(chunks * 65_536);
      expect(read(tape)).toEqual(entries.map(expected));
    }
  });

  it("a released tape gives its memory to the next one and is never read as empty", () => {
    const timer: Entry = { event: { type: "timer_fired", time: 5 as never, sequence: 0 as never, timer: 9 } };
    // 2,100 timers are 16,800 words: one full chunk and a second one.
    const entries = Array.from({ length: 2_100 }, () => timer);
    const first = new JournalTape();
    const chunk = first.doubles;
    write(first, entries);
    first.release();
    expect(() => read(first)).toThrow("given back");
    const second = new JournalTape();
    expect(second.doubles).toBe(chunk);
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

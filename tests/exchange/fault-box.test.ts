// Faults that are armed: whom they hit, how often, by which draws, and what another process knows of it.
import { describe, expect, it } from "vitest";

import { FaultBox } from "../../src/exchange/virtual/fault-box.ts";

describe("armed faults", () => {
  const any = { family: null, symbol: null } as const;
  const take = (box: FaultBox, family: "entry" | "sl" | null = "entry", symbol = "A"): boolean => box.take("lose_reply", family, symbol) !== null;

  it("hit as often as they say, the first that matches first, and threaten no longer", () => {
    const box = new FaultBox(1);
    expect([box.threatens, take(box)]).toEqual([false, false]);
    box.arm({ do: "lose_reply", next: 2, family: "sl", symbol: null });
    box.arm({ do: "lose_reply", next: 1, family: null, symbol: "B" });
    expect([box.threatens, take(box), take(box, null), box.take("lose_request", "sl", "A")]).toEqual([true, false, false, null]);
    expect([take(box, "sl", "B"), box.threatens, take(box, "entry", "B"), box.threatens, take(box, "sl"), box.threatens, take(box, "sl")]).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("of a probability hit about that share, count only their hits, and draw nothing for what they do not match", () => {
    const drawn = (before: number): string => {
      const box = new FaultBox(7);
      box.arm({ do: "lose_reply", next: 1_000, ...any, family: "entry", probability: 0.25 });
      for (let n = 0; n < before; n += 1) take(box, "sl");
      return Array.from({ length: 400 }, () => (take(box) ? "x" : ".")).join("");
    };
    const hits = drawn(0).replaceAll(".", "").length;
    expect(Math.abs(hits - 100)).toBeLessThan(45);
    expect(drawn(33)).toBe(drawn(0));
  });

  it("of messages hit the kinds that they name; a held one is held within its bound", () => {
    const box = new FaultBox(1);
    box.arm({ do: "drop_message", next: 1, ...any, messages: ["fill", "expiry"] });
    expect(box.takeMessage("drop_message", null, "", "ack")).toBe(null);
    expect(box.takeMessage("drop_message", null, "", "expiry")?.held).toBe(0);
    box.arm({ do: "reorder_messages", next: 300, ...any, messages: null, withinMs: 4 });
    const held = Array.from({ length: 300 }, () => box.takeMessage("reorder_messages", null, "", "ack")?.held ?? -1);
    expect([...new Set(held)].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it("goes on in another process where it was: what is left, and the next draw", () => {
    const first = new FaultBox(3);
    first.arm({ do: "reject_probability", probability: 0.5, code: "-1" });
    first.arm({ do: "lose_reply", next: 9, ...any, probability: 0.5 });
    first.arm({ do: "lose_request", next: 2, ...any });
    const draw = (box: FaultBox): string =>
      Array.from({ length: 12 }, () => [box.takeRandomRejection()?.code ?? ".", take(box) ? "x" : "."].join("")).join();
    draw(first);
    first.take("lose_request", null, "");
    const second = new FaultBox(3);
    second.arm({ do: "fill_before_ack", next: 1, ...any });
    second.restore(JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<FaultBox["snapshot"]>);
    expect([second.threatens, second.take("fill_before_ack", null, "")]).toEqual([true, null]);
    expect(second.snapshot()).toEqual(first.snapshot());
    expect(draw(second)).toBe(draw(first));
    const fresh = new FaultBox(3);
    fresh.restore(second.snapshot());
    expect(fresh.threatens).toBe(true);
    expect([second.take("lose_request", null, "") === null, second.take("lose_request", null, "")]).toEqual([false, null]);
  });
});

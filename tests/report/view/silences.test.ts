// What the page says of a process that was gone, slept, or did not hear the venue, against times worked out by hand from the
// scenarios' scripts: bars of a minute from midnight on, bar n closes at (n + 1) × 60 s.

import { describe, expect, it } from "vitest";

import type { RunView } from "../../../src/report/view/run-view.ts";
import { load } from "../../scenarios/shipped-files.ts";
import { viewOfPlan } from "./view-facts.ts";

const midnight = Date.UTC(2025, 0, 1);
const second = (seconds: number): number => midnight + seconds * 1_000;

async function viewOf(name: string): Promise<RunView> {
  const { plan } = await load(`catalogue/${name}.json`);
  if (plan === null) throw new Error(`${name} has no plan`);
  return viewOfPlan(plan).view;
}

const lifeOf = ({ orders }: RunView, family: string) => orders.find(({ row }) => row.family === family);
const stagesOf = (view: RunView, family: string) =>
  lifeOf(view, family)
    ?.stages.filter(({ stage }) => stage !== "gate")
    .map(({ stage, time, text }) => [stage, (time - midnight) / 1_000, text]);

describe("a restart", () => {
  // Killed with the entry on its way at 60 s, back for the close of bar 3 at 240 s: bars 1 and 2 were missed, one trade was not heard.
  it("is one silence with the bars that it missed and what the comparison found", async () => {
    const { silences, player } = await viewOf("d2-restart-with-a-lost-acknowledgement");
    expect(silences).toMatchObject([{ kind: "restart", symbol: null, from: second(60), until: second(240), time: second(240), bar: 3 }]);
    expect(silences[0]?.text).toBe(
      "it came back as epoch 2; bars 1 to 2 of HYPE/USDC:USDC closed unheard; compared with the venue: done, restarted, 1 new fill",
    );
    expect(player.steps[silences[0]?.step ?? -1]?.type).toBe("session_resumed");
  });

  it("stands in the life of the order that was out, and the trade of then behind it, with its own time", async () => {
    const view = await viewOf("d2-restart-with-a-lost-acknowledgement");
    expect(stagesOf(view, "entry")?.slice(2)).toEqual([
      ["request", 60, "sent it: buy 1 at market"],
      ["silence", 240, "the process was gone, and its last commit is of 2025-01-01T00:01:00.000Z, 180 s before: it came back as epoch 2"],
      ["fill", 240, "buy 1 at 100 filled as taker, fee 0.05 USDC; that was at 2025-01-01T00:01:00.000Z"],
      ["ended", 240, "FILLED: filled"],
    ]);
    // It was at the venue at 60 s, though nobody knew.
    expect(lifeOf(view, "entry")?.live).toEqual({ from: second(60), until: second(240) });
    const listed = view.player.steps.find(({ type }) => type === "fills_reported");
    expect(listed).toMatchObject({ order: 0, text: "the venue listed the trades: 1 at 100 of entry#1" });
  });

  it("leaves orders alone that were over before it, and those that came after", async () => {
    const view = await viewOf("d4-restarted-twice-in-a-row");
    expect(view.silences.map(({ kind }) => kind)).toEqual(["restart", "restart"]);
    expect(stagesOf(view, "entry")?.some(([stage]) => stage === "silence")).toBe(false);
    // Its acknowledgement was lost with the process: the venue's list is how it is known.
    const target = stagesOf(view, "tp")?.map(([stage]) => stage);
    expect(target).toEqual(["intent", "normalised", "request", "silence", "acknowledged", "silence", "fill", "ledger", "ended"]);
  });
});

describe("a process that slept", () => {
  // Frozen before bar 2, at 120 s, for 240 s. The entry at 99 fills in bar 3, half-way, at 210 s: told at 360 s.
  it("tells what it heard late at the time at which it heard it", async () => {
    const view = await viewOf("d10-frozen-process");
    expect(view.silences).toMatchObject([{ kind: "sleep", from: second(120), until: second(360) }]);
    const fill = view.player.steps.find(({ type }) => type === "order_filled");
    expect(fill?.time).toBe(second(360));
    expect(fill?.text).toContain("; that was at 2025-01-01T00:03:30.000Z");
    const answer = view.player.steps.find(({ type, time }) => type === "submit_order" && time === second(360));
    expect(answer?.text).toBe("sent tp#1: sell 1 at 102 or better, post-only, reduce-only");
    const times = view.player.steps.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // The price line ends where the venue filled it.
    expect(lifeOf(view, "entry")?.live?.until).toBe(second(210));
  });
});

describe("a gap in a stream", () => {
  it("ends where the stream is back, with the fill that it hid", async () => {
    const view = await viewOf("b7-fill-while-reconnecting");
    expect(view.silences).toMatchObject([{ kind: "stream_gap", symbol: null, from: second(60), until: second(180) }]);
    expect(stagesOf(view, "tp")?.slice(-4)).toEqual([
      [
        "silence",
        180,
        "the venue's stream was broken from 2025-01-01T00:01:00.000Z, for 120 s: the stream came back, and did not repeat what it had said",
      ],
      ["fill", 180, "sell 1 at 102 filled as maker, fee 0.0204 USDC; that was at 2025-01-01T00:01:30.000Z"],
      ["ledger", 180, "closed 1 NET: gross 2, fees 0 in and 0.0204 out, net 1.9796; 1.9796 so far"],
      ["ended", 180, "FILLED: filled"],
    ]);
  });

  it("of the bars is data that stood still", async () => {
    const { silences } = await viewOf("b11-sequence-gap");
    expect(silences).toMatchObject([{ kind: "stale_data", symbol: "HYPE/USDC:USDC", from: second(120), until: second(240) }]);
  });
});

describe("trades without an id", () => {
  it("are told apart by what had filled by then, and each once", async () => {
    const view = await viewOf("a8-blank-trade-ids");
    const fills = stagesOf(view, "entry")?.filter(([stage]) => stage === "fill");
    expect(fills).toEqual([
      ["fill", 90, "buy 0.5 at 99 filled as maker, fee 0.0099 USDC"],
      ["fill", 150, "buy 0.5 at 99 filled as maker, fee 0.0099 USDC"],
    ]);
  });
});

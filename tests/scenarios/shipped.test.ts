// Every scenario that is shipped is a test: under both deliveries, under each path where the bars are written by hand,
// and against small changes, so that a scenario which could not fail is found. Recorded ones run where their data is.
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import type { LoadOptions, Scenario } from "../../src/scenario/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { mutantsOf, omissionsOf } from "./mutants.ts";
import { folder, load, planOf, shippedFiles, unmet, unmetOf } from "./shipped-files.ts";

const files = await shippedFiles();
const seeds = [1, 2, 3, 5, 8, 13, 21, 34];

/** What the files say by themselves. */
interface Written {
  readonly name: string;
  readonly why: string;
  readonly fill: string | { readonly path?: string };
  readonly expect: readonly Record<string, unknown>[];
  readonly markets: readonly {
    readonly bars: { readonly script?: unknown };
    readonly inside?: { readonly script?: unknown; readonly trades?: unknown };
  }[];
}
const written = new Map<string, Written>();
for (const file of files) written.set(file, JSON.parse(await readFile(resolve(folder, file), "utf8")) as Written);

const byHand = files.filter((file) =>
  written.get(file)?.markets.every(({ bars, inside }) => (bars.script ?? inside?.script ?? inside?.trades) !== undefined),
);
const anyPath = byHand.filter((file) => {
  const fill = written.get(file)?.fill;
  return typeof fill !== "object" || fill.path === undefined;
});

/** What is wrong with a scenario: unmet expectations; or, where its bars are absent, that it does not say how to get them. */
async function complaints(file: string, options: LoadOptions): Promise<string[]> {
  const scenario = await load(file, options);
  if (scenario.plan !== null) return unmet(scenario, scenario.plan);
  const told = scenario.notRun?.failure === false && scenario.notRun.hint.includes("SEATRIAL_DATA");
  return told ? [] : [`not run: ${scenario.notRun?.reason ?? "for no reason"}`];
}

describe("every shipped scenario", () => {
  it.each(files)("%s is named after its file and says why it is there", (file) => {
    const { name, why, expect: expectations } = written.get(file) as Written;
    expect(name).toBe(basename(file, ".json"));
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(why.length).toBeGreaterThan(40);
    expect(expectations.filter((one) => one["never"] === undefined).length).toBeGreaterThan(0);
  });

  it.each(files)("%s passes when answers come at once", async (file) => {
    expect(await complaints(file, { delivery: "immediate" })).toEqual([]);
  });

  describe.each(seeds)("when answers overtake each other, seed %i", (seed) => {
    it.each(files)("%s passes", async (file) => {
      expect(await complaints(file, { delivery: "seeded", seed })).toEqual([]);
    });
  });

  describe.each(["ohlc", "olhc"] as const)("when prices come in the order %s", (path) => {
    it.each(anyPath)("%s passes", async (file) => {
      expect(await complaints(file, { path })).toEqual([]);
    });
  });

  it.each(byHand)("%s gives the same run hash twice", async (file) => {
    const [first, second] = [simulate(await planOf(file)), simulate(await planOf(file))];
    expect(first.runHash).toBe(second.runHash);
  });
});

/** Expectations that a changed plan fails; null when the run breaks off, which no expectation has a part in. */
function failures(scenario: Scenario, plan: SimulationPlan): Set<number> | null {
  try {
    return new Set(unmetOf(scenario, plan, simulate(plan)).map(({ at }) => at));
  } catch (error) {
    if (error instanceof SeatrialError) return null;
    throw error;
  }
}

/** A reply was lost and found again: that is to change nothing but the way, which the journal shows (see the end of this file). */
const unharmed = [
  "lost-reply.json",
  "lost-reply-already-filled.json",
  "catalogue/a6-order-not-found-yet.json",
  "catalogue/a7-fill-before-ack.json",
  "catalogue/a8-blank-trade-ids.json",
  "catalogue/a8-duplicate-fill-messages.json",
  "catalogue/a8-messages-out-of-step.json",
  "catalogue/a16-triggered-stop-gets-another-id.json",
  "catalogue/a17-amend-applied-unheard.json",
  "catalogue/b5-stream-dies-without-a-word.json",
  "catalogue/b6-key-of-the-stream-expires.json",
  "catalogue/c3-restart-keeps-orders.json",
  "catalogue/c12-firewall-answers-and-order-arrives.json",
  "catalogue/c13-list-without-its-last-page.json",
];

describe("a shipped scenario with bars by hand can fail", () => {
  it.each(byHand.filter((file) => !unharmed.includes(file)))("%s needs each of its actions and steps", async (file) => {
    const scenario = await load(file);
    const idle = omissionsOf(await planOf(file)).filter(({ plan }) => failures(scenario, plan)?.size === 0);
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  it.each(byHand)("%s has no expectation that no change can break", async (file) => {
    const scenario = await load(file);
    const broken = new Set<number>();
    for (const { plan } of mutantsOf(await planOf(file))) for (const at of failures(scenario, plan) ?? []) broken.add(at);
    const idle = scenario.expectations.filter((one, at) => one.never === undefined && !broken.has(at));
    expect(idle).toEqual([]);
  });
});

/** What the journal of a shipped scenario says about one kind of record. */
async function records(file: string, type: string): Promise<Record<string, unknown>[]> {
  const lines = [...simulate(await planOf(file)).journalLines()].map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter((line) => line["type"] === type);
}

describe("what the rows of a shipped scenario do not show, its journal does", () => {
  // The codes are the venues' documented ones: Binance USD-M error codes -2019, -2022, -2021, -4061 and
  // -5022; Bybit 110093.
  it.each([
    ["rejection.json", "-2010"],
    ["insufficient-funds.json", "-2019"],
    ["reduce-only-on-vanished-position.json", "-2022"],
    ["crossed-trigger-rejected.json", "-2021"],
    ["position-mode-mismatch.json", "-4061"],
    ["post-only-crossed-on-arrival.json", "-5022"],
    ["bybit-hedge.json", "110093"],
  ])("%s is rejected once, with the venue's code %s", async (file, code) => {
    expect((await records(file, "order_rejected")).map((record) => record["code"])).toEqual([code]);
  });

  it.each([
    ["cancel-not-confirmed.json", ["UNKNOWN", "SUBMITTED", "CANCELED"]],
    ["cancel-lost-then-filled.json", ["UNKNOWN", "SUBMITTED", "FILLED"]],
    ["lost-reply.json", ["UNKNOWN", "SUBMITTED", "FILLED"]],
    ["lost-reply-already-filled.json", ["UNKNOWN", "FILLED"]],
    ["lost-request-still-unknown.json", ["UNKNOWN", "FILLED"]],
  ])("%s goes through %j", async (file, statuses) => {
    expect((await records(file, "order_settled")).map((record) => record["status"])).toEqual(statuses);
  });

  it.each(unharmed)("%s ends as if nothing had been lost", async (file) => {
    const plan = await planOf(file);
    const [lost, whole] = [simulate(plan), simulate({ ...plan, steps: [] })];
    expect(lost.runHash).not.toBe(whole.runHash);
    // The venue's own id of an order may be another one; ours is not.
    const fillsOf = ({ rows }: typeof lost) => rows.fills.map(({ orderId: _id, ...fill }) => fill);
    expect(fillsOf(lost)).toEqual(fillsOf(whole));
    expect(lost.rows.orders.map((order) => order.status)).toEqual(whole.rows.orders.map((order) => order.status));
    expect(lost.final).toEqual(whole.final);
  });

  it("reduce-only-on-vanished-position.json asks the venue for the position after the refusal, once", async () => {
    expect(await records("reduce-only-on-vanished-position.json", "query_position")).toHaveLength(1);
  });
});

// The machine output: every key, in its fixed order, with null for what is absent.

import { describe, expect, it } from "vitest";

import { SeatrialError, InvariantError } from "../../src/domain/index.ts";
import { machineArray, machineElement, machineText } from "../../src/report/machine.ts";
import { outcomeNotRun, outcomeOfError } from "../../src/report/outcome.ts";
import { resultObject } from "../../src/report/result.ts";
import { outcomeOf, record } from "./sample.ts";

const order1 =
  '{"id":"vex-00000001","clientOrderId":"st-1-0","symbol":"HYPE/USDC:USDC","side":"buy","leg":"NET","family":"entry","type":"market",' +
  '"quantity":"1","price":null,"trigger":null,"timeInForce":"GTC","reduceOnly":false,"status":"FILLED","reason":"filled","time":60000,"bar":0}';
const order2 =
  '{"id":"vex-00000002","clientOrderId":"st-2-0","symbol":"HYPE/USDC:USDC","side":"sell","leg":"NET","family":"tp","type":"limit",' +
  '"quantity":"1","price":"102","trigger":null,"timeInForce":"GTC","reduceOnly":true,"status":"FILLED","reason":"filled","time":60000,"bar":1}';
const fill1 =
  '{"orderId":"vex-00000001","symbol":"HYPE/USDC:USDC","side":"buy","leg":"NET","quantity":"1","price":"100","fee":"0.05",' +
  '"feeCurrency":"USDC","liquidity":"taker","time":60000,"bar":1}';
const fill2 =
  '{"orderId":"vex-00000002","symbol":"HYPE/USDC:USDC","side":"sell","leg":"NET","quantity":"1","price":"102","fee":"0.0204",' +
  '"feeCurrency":"USDC","liquidity":"maker","time":120000,"bar":2}';
const expectedText =
  '{"scenario":"worked-example","status":"passed","passed":true,"seed":7,' +
  '"runHash":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",' +
  '"expectations":[{"text":"1 fill of family tp at 102","passed":true,"actual":"1 fill"}],' +
  `"orders":[${order1},${order2}],"fills":[${fill1},${fill2}],` +
  '"skipped":[{"symbol":"HYPE/USDC:USDC","family":"dca","reason":"warm_up","time":0,"bar":-1}],' +
  '"final":{"balances":{"USDC":{"total":"1001.9296","free":"1001.9296","used":"0"}},"positions":[],"openOrders":[],"equity":"1001.9296"},' +
  '"metrics":{"orders":2,"fills":2,"rejected":0,"canceled":0,"skipped":1,"unknown":0,"feesByCurrency":{"USDC":"0.0704"},' +
  '"realizedPnl":"1.9296","maxDrawdown":"0.05"},"invariants":{"checked":12,"violated":0}}';

describe("the machine output of one scenario", () => {
  it("has every key in its fixed order, whatever the order of the rows' own keys", () => {
    expect(JSON.stringify(resultObject(outcomeOf()))).toBe(expectedText);
  });

  it("keeps currencies in code-unit order, so that equal runs print equal bytes", () => {
    const metrics = { ...record.metrics, feesByCurrency: { USDC: "1", BNB: "2", btc: "3" } };
    const object = resultObject(outcomeOf({ record: { ...record, metrics } }));
    expect(Object.keys(object.metrics?.feesByCurrency ?? {})).toEqual(["BNB", "USDC", "btc"]);
  });

  it("has routes behind what was skipped, and what an order of one was expected to lose behind its bar, only where there are any", () => {
    const worked = {
      symbol: "X",
      side: "buy",
      leg: "NET",
      family: "entry",
      route: "twap",
      quantity: "1",
      filled: "1",
      slices: 1,
      orders: 1,
    } as const;
    const rows = { ...record.rows, routes: [{ ...worked, reason: "filled", time: 0, bar: 0, endBar: 1 } as const] };
    const [first, second] = record.rows.orders;
    const object = resultObject(
      outcomeOf({
        record: { ...record, rows: { ...rows, orders: [{ ...(first as never as object), predictedSlippage: 0.0502 } as never, second as never] } },
      }),
    );
    expect(JSON.stringify(object)).toBe(
      expectedText
        .replace(order1, `${order1.slice(0, -1)},"predictedSlippage":0.0502}`)
        .replace(
          '"bar":-1}],',
          '"bar":-1}],"routes":[{"symbol":"X","side":"buy","leg":"NET","family":"entry","route":"twap","quantity":"1","filled":"1","slices":1,"orders":1,"reason":"filled","time":0,"bar":0,"endBar":1}],',
        ),
    );
  });

  it("leaves out what only a person reads of an expectation", () => {
    const object = resultObject(outcomeOf({ expectations: [{ text: "a", passed: false, actual: "b", context: ["c"], bar: 3 }] }));
    expect(object.expectations).toEqual([{ text: "a", passed: false, actual: "b" }]);
    expect([object.status, object.passed]).toEqual(["failed", false]);
  });

  it("has null for everything that a scenario without its data cannot know", () => {
    const object = resultObject(outcomeNotRun("btc", 3, { reason: "no data", hint: "set SEATRIAL_DATA" }, false));
    expect(JSON.stringify(object)).toBe(
      '{"scenario":"btc","status":"not_run","passed":null,"seed":3,"runHash":null,"expectations":[],"orders":[],"fills":[],"skipped":[],' +
        '"final":null,"metrics":null,"invariants":null,"notRun":{"reason":"no data","hint":"set SEATRIAL_DATA"}}',
    );
  });

  it("calls a broken invariant a failed run and names it", () => {
    const object = resultObject(outcomeOfError("a", 1, new InvariantError("I-30", "money is lost")));
    expect([object.status, object.passed, object.error?.code]).toEqual(["failed", false, "I-30"]);
  });
});

describe("the machine output of a command", () => {
  const bad = new SeatrialError({ code: "unknown_key", reason: "unknown key sed", hint: "seed?", place: { file: "a.json", line: 3, column: 5 } });
  const badText = '{"code":"unknown_key","file":"a.json","line":3,"column":5,"reason":"unknown key sed","hint":"seed?"}';

  it("is the object itself for one file", () => {
    expect(machineText(outcomeOf())).toBe(`${expectedText}\n`);
  });

  it("is an array for a folder, even of one scenario", () => {
    expect([...machineArray([machineElement(outcomeOf())])].join("")).toBe(`[${expectedText}]\n`);
  });

  it("is the error alone for one file that is no scenario", () => {
    expect(machineText(outcomeOfError("a", null, bad))).toBe(`{"error":${badText}}\n`);
  });

  it("keeps the error beside the fixed keys among several scenarios", () => {
    const [element] = JSON.parse([...machineArray([outcomeOfError("a", null, bad), outcomeOf()].map(machineElement))].join("")) as [
      Record<string, unknown>,
    ];
    expect([element["status"], element["passed"], element["error"]]).toEqual(["error", null, JSON.parse(badText)]);
  });

  it("is a result, not a bare error, for one file whose run broke off", () => {
    const thrown = new SeatrialError({ code: "strategy_error", reason: "it threw", exitCode: 2 });
    const element = JSON.parse(machineText(outcomeOfError("a", 1, thrown))) as Record<string, unknown>;
    expect([element["scenario"], element["status"], element["passed"]]).toEqual(["a", "error", null]);
  });
});

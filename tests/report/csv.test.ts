// CSV that a spreadsheet reads as data and never as a formula.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { OrderRow } from "../../src/journal/index.ts";
import { csvText, fillsCsv, ordersCsv } from "../../src/report/csv.ts";
import { fills, record } from "./sample.ts";

describe("CSV", () => {
  it("has a header, CRLF after every line, and empty cells for what is absent", () => {
    expect(ordersCsv(record.rows.orders.slice(0, 1), [], [])).toBe(
      "id,clientOrderId,symbol,side,leg,family,type,quantity,price,trigger,timeInForce,reduceOnly,status,reason,time,bar,rejectionCode,rejectionText,rejectionClass," +
        "filled,cost,fees,feeCurrency,filledTime,purpose\r\n" +
        "vex-00000001,st-1-0,HYPE/USDC:USDC,buy,NET,entry,market,1,,,GTC,false,FILLED,filled,60000,0,,,,,,,,,\r\n",
    );
  });

  it("says what became of an order: its fills together, exact, and why it was sent", () => {
    const [fill] = fills;
    if (fill === undefined) throw new Error("the sample has no fill");
    // 0.1 at 100.1 and 0.2 at 100.2: 10.01 + 20.04 = 30.05; fees 0.1 + 0.2 = 0.3.
    const both = [
      { ...fill, quantity: "0.1", price: "100.1", fee: "0.1" },
      { ...fill, quantity: "0.2", price: "100.2", fee: "0.2", time: 61_000 },
    ];
    expect(ordersCsv(record.rows.orders.slice(0, 1), both, ["signal"]).split("\r\n")[1]).toMatch(/,,,,0\.3,30\.05,0\.3,USDC,61000,signal$/);
    const mixed = [both[0], { ...fill, feeCurrency: "BNB" }].flatMap((each) => each ?? []);
    expect(ordersCsv(record.rows.orders.slice(0, 1), mixed, ["signal"]).split("\r\n")[1]).toMatch(/,1\.1,110\.01,,,60000,signal$/);
  });

  it("says what the venue said to an order that it refused", () => {
    const order = { ...(record.rows.orders[0] as OrderRow), status: "REJECTED" as const, reason: "insufficient_funds" as const };
    const rejection = { code: "-2019", text: "Margin is insufficient.", ccxtClass: "InsufficientFunds" as const };
    expect(ordersCsv([{ ...order, rejection }], [], [null]).split("\r\n")[1]).toMatch(
      /,REJECTED,insufficient_funds,60000,0,-2019,Margin is insufficient\.,InsufficientFunds,,,,,,$/,
    );
  });

  it("names the order and family of each fill, and what it asked for", () => {
    expect(fillsCsv(fills.slice(1).map((fill) => ({ ...fill, requestedPrice: "102" })))).toBe(
      "orderId,clientOrderId,symbol,side,leg,family,quantity,price,fee,feeCurrency,liquidity,time,bar,requestedPrice\r\n" +
        "vex-00000002,st-2-0,HYPE/USDC:USDC,sell,NET,tp,1,102,0.0204,USDC,maker,120000,2,102\r\n",
    );
  });

  it("is a header alone for a run without fills", () => {
    expect(fillsCsv([])).toBe("orderId,clientOrderId,symbol,side,leg,family,quantity,price,fee,feeCurrency,liquidity,time,bar,requestedPrice\r\n");
  });

  it.each([
    ["-1.5", "-1.5"],
    ["+2", "+2"],
    ["=1+1", "'=1+1"],
    ["-1+1", "'-1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ['say "hi", you', '"say ""hi"", you"'],
    ["two\nlines", '"two\nlines"'],
  ])("writes the cell %j as %j", (cell, written) => {
    expect(csvText(["a"], [[cell]])).toBe(`a\r\n${written}\r\n`);
  });

  it("gives back every cell to a reader of RFC 4180, but for the mark of a defused formula", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 2 }), { maxLength: 5 }), (rows) => {
        const read = readCsv(csvText(["a", "b"], rows)).slice(1);
        const plain = read.map((row) => row.map((cell) => (/^'[=+\-@\t\r\n]/.test(cell) ? cell.slice(1) : cell)));
        expect(plain).toEqual(rows.map((row) => row.map((cell) => (/^'[=+\-@\t\r\n]/.test(cell) ? cell.slice(1) : cell))));
      }),
    );
  });
});

// RFC 4180 by its grammar: quoted cells hold anything, two quotes stand for one.
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const match = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
    match.lastIndex = at;
    const found = match.exec(text);
    if (found === null) throw new Error(`no cell at ${at} of ${JSON.stringify(text)}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    at = match.lastIndex;
    if (found[3] === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

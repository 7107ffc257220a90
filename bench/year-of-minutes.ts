// Writes a year of generated one-minute bars of several markets and a scenario over them, to measure what `simulate` needs for it:
//   node --conditions=seatrial-source bench/year-of-minutes.ts <folder> [markets] [format]
// The bars are synthetic and say so. Decides nothing about the figures: docs/data.md has them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syntheticBars, writeArrow, writeParquet } from "../src/market/index.ts";

const minutesOfYear = 525_600;
const writers = { arrow: writeArrow, parquet: writeParquet } as const;

const [folder, markets = "10", format = "arrow"] = process.argv.slice(2);
if (folder === undefined || !(format in writers)) throw new Error("usage: year-of-minutes.ts <folder> [markets] [arrow|parquet]");
const write = writers[format as keyof typeof writers];
const symbols = Array.from({ length: Number(markets) }, (_, at) => `COIN${at + 1}/USDT:USDT`);
await mkdir(folder, { recursive: true });

for (const symbol of symbols) {
  const series = syntheticBars({
    symbol,
    timeframe: "1m",
    start: Date.UTC(2024, 0, 1),
    count: minutesOfYear,
    seed: 7,
    tick: "0.01",
    step: "0.001",
    startPrice: "100",
    volatility: 0.0005,
  });
  await write(series, join(folder, `${symbol.split("/")[0] ?? ""}.${format}`), { source: "synthetic" });
}

const scenario = {
  name: "year-of-minutes",
  seed: 7,
  venue: "binance-usdm",
  positionMode: "one_way",
  leverage: 1,
  markets: symbols.map((symbol) => ({
    symbol,
    market: { tick: "0.01", step: "0.001", minNotional: "5" },
    bars: { timeframe: "1m", file: `${symbol.split("/")[0] ?? ""}.${format}` },
  })),
  boot: { balances: { USDT: "1000000" } },
  strategy: {
    use: "scripted",
    params: { actions: symbols.map((symbol) => ({ bar: 10, symbol, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } })) },
  },
  expect: [{ never: "halt" }],
};
await writeFile(join(folder, "year-of-minutes.json"), `${JSON.stringify(scenario, null, 2)}\n`);

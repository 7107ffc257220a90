// A scenario for tests of the command line: three bars and a strategy that does nothing, so that equity stays what it was.

export const idle = {
  name: "idle",
  why: "nothing is asked for, so nothing happens",
  seed: 1,
  venue: "generic",
  positionMode: "one_way",
  markets: [
    {
      symbol: "HYPE/USDC:USDC",
      market: { tick: "0.01", step: "0.01", minNotional: "10" },
      bars: {
        timeframe: "1m",
        start: "2025-01-01T00:00:00Z",
        script: [
          [100, 101, 99, 100, 1000],
          [100, 100.5, 99.5, 100, 1000],
          [101, 102, 100.8, 101.5, 1000],
        ],
      },
    },
  ],
  boot: { balances: { USDC: "1000" } },
  strategy: { use: "scripted", params: { actions: [] } },
  expect: [{ final: { position: "0", equity: "1000" } }],
};

// The bench's bars: seeded synthetic 1m bars on a 0.01 tick, the same numbers on every machine that rounds float64 the
// IEEE way. Labelled synthetic; golden results below are only valid for them.

import { BarSeries } from "../domain/index.ts";

const start = Date.UTC(2022, 0, 1);
const minute = 60_000;

/** mulberry32: 32 bits of state, uniform in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Geometric walk, 8 sub-steps a bar, a slow volatility regime, a weak pull to 30,000. @param count bars */
export function benchBars(count: number, seed = 7): BarSeries {
  const next = uniform(seed);
  const normal = (): number => {
    let u = 0;
    while (u === 0) u = next();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * next());
  };
  const cents = (x: number): number => Math.round(x * 100) / 100;
  const [time, open, high, low, close, volume] = Array.from({ length: 6 }, () => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let price = 30_000;
  let logVolatility = 0;
  for (let bar = 0; bar < count; bar += 1) {
    logVolatility = 0.999 * logVolatility + 0.03 * normal();
    const sigma = (0.0007 * Math.exp(Math.max(-1, Math.min(1, logVolatility * 0.6)))) / Math.sqrt(8);
    const drift = (-0.00002 * Math.log(price / 30_000)) / 8;
    const first = cents(price);
    let top = first;
    let bottom = first;
    for (let step = 0; step < 8; step += 1) {
      price *= Math.exp(drift + sigma * normal());
      const tick = cents(price);
      if (tick > top) top = tick;
      if (tick < bottom) bottom = tick;
    }
    price = cents(price);
    time[bar] = start + bar * minute;
    open[bar] = Math.round(first * 100);
    high[bar] = Math.round(top * 100);
    low[bar] = Math.round(bottom * 100);
    close[bar] = Math.round(price * 100);
    volume[bar] = Math.round(Math.exp(1.5 + 0.8 * normal()) * 1e4);
  }
  const meta = { symbol: "BENCH/USDT:USDT", timeframe: "1m", interval: minute, priceScale: 2, quantityScale: 4 };
  return new BarSeries(meta, { time, open, high, low, close, volume });
}

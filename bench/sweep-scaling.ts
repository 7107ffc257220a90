// How much faster a sweep is with several threads than with one, in pairs of rounds of one process:
//   node --conditions=seatrial-source bench/sweep-scaling.ts [threads] [rounds] [trials] [bars]
// Prints one JSON object. Both pools are warm before the first round that counts; the bars are synthetic. On a busy machine `speedup` means
// nothing; `byProcessorTime`, what it would be on free processors by the processor time that the rounds took, still says something.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { loadSweep, openPool, type Job } from "../src/sweep/index.ts";

const [threads = 2, rounds = 7, trials = 48, bars = 100_000] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), "seatrial-scaling-"));
const scenario = {
  name: "scaling",
  markets: [
    {
      symbol: "HYPE/USDC:USDC",
      market: { tick: "0.001", step: "0.01" },
      bars: { timeframe: "1m", synthetic: { seed: 9, count: bars, startPrice: "40" } },
    },
  ],
  boot: { balances: { USDC: "1000000" } },
  strategy: { use: "ema-cross", params: { fast: 3, slow: 9, quantity: 2 } },
};
await writeFile(join(folder, "scaling.json"), JSON.stringify(scenario));
const parameters = { fast: { min: 5, max: 60 }, slow: { min: 80, max: 400 } };
const method = { latinHypercube: { count: trials } };
const rounded = Object.fromEntries(Object.entries(parameters).map(([path, range]) => [path, { ...range, step: 1 }]));
await writeFile(join(folder, "scaling.sweep.json"), JSON.stringify({ name: "scaling", scenarios: ["scaling.json"], parameters: rounded, method }));

try {
  const { scenarios, list } = await loadSweep(join(folder, "scaling.sweep.json"), {}, { version: "bench" });
  const broken = (error: Error): never => {
    throw error;
  };
  const pools = { one: openPool(scenarios, 1, broken), many: openPool(scenarios, threads, broken) };
  const round = async (pool: { run(job: Job): Promise<unknown> }): Promise<{ readonly wall: number; readonly processor: number }> => {
    const start = performance.now();
    const before = process.cpuUsage();
    await Promise.all(list.jobs.map((job) => pool.run(job)));
    const { user, system } = process.cpuUsage(before);
    return { wall: performance.now() - start, processor: (user + system) / 1_000 };
  };
  for (let warm = 0; warm < 2; warm += 1) for (const pool of [pools.one, pools.many]) await round(pool);
  const times: Record<"one" | "many", Awaited<ReturnType<typeof round>>>[] = [];
  for (let at = 0; at < rounds; at += 1) times.push({ one: await round(pools.one), many: await round(pools.many) });
  await Promise.all([pools.one.close(), pools.many.close()]);
  const fixed = (value: number, digits: number): number => Number(value.toFixed(digits));
  const ratios = (of: "wall" | "processor"): number[] => times.map(({ one, many }) => fixed(one[of] / many[of], 3)).sort((a, b) => a - b);
  const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? 0;
  const report = {
    threads,
    processors: cpus().length,
    load: fixed(loadavg()[0] ?? 0, 2),
    trials,
    bars,
    speedup: median(ratios("wall")),
    speedups: ratios("wall"),
    byProcessorTime: fixed(median(ratios("processor")) * Math.min(threads, cpus().length), 3),
    trialMs: fixed((times[0]?.one.processor ?? 0) / trials, 2),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

// `seatrial bars fetch` as a user meets it: a process of its own, the real ccxt client, a server on this machine; killed, interrupted,
// refused, and its folder in a scenario. Nothing here touches the network.

import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hostSource } from "../../src/cli/bars-fetch-run.ts";
import { main } from "../../src/cli/main.ts";
import { FakeExchange, barsOf, requestOf } from "../session/fetch/fake-exchange.ts";
import { loopbackBinance, minute, newYear, type Loopback, type Mischief } from "../session/fetch/loopback-exchange.ts";
import { captureIo } from "./capture.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));
const count = 5_000;

let folder = "";
let server: Loopback | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-fetch-"));
});
afterEach(async () => {
  await server?.stop();
  server = null;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the exchange. @returns the words of a fetch from it */
async function wordsFor(out: string, mischief?: Mischief): Promise<string[]> {
  server ??= await loopbackBinance({ count, now: newYear + count * minute, delayMs: 40, ...(mischief === undefined ? {} : { mischief }) });
  const settings = join(folder, "ccxt.json");
  await writeFile(settings, JSON.stringify(server.settings));
  return ["bars", "fetch", "binanceusdm", "BTC/USDT:USDT", "--from", "2025-01-01", "--out", join(folder, out), "--ccxt", settings];
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function started(words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ["--conditions=seatrial-source", launcher, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    // A proxy of this machine's must not stand between the process and this machine.
    env: { ...process.env, HTTPS_PROXY: "", https_proxy: "" },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (part: Buffer) => {
    text.stdout += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    text.stderr += part.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, ...text }));
  });
  return { child, ended };
}

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo(env);
  const code = await main(words, io);
  return { code, ...text };
}

/** Does something when the n-th page of bars (from 1) is asked for. */
function atPage(page: number, act: () => void): Mischief {
  let pages = 0;
  return (path) => {
    if (path.includes("klines")) {
      pages += 1;
      if (pages === page) act();
    }
    return false;
  };
}

describe("seatrial bars fetch", () => {
  it("tells what came and where it lies, and the folder feeds a scenario", async () => {
    const { code, stdout, stderr } = await run([...(await wordsFor("btc")), "--to", "2025-01-02", "--funding", "--mark"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const line of [
      /│ +│ fetched/,
      /│ rows +│ 1440 of 1m/,
      /│ from +│ 2025-01-01T00:00:00\.000Z/,
      /│ to +│ 2025-01-02T00:00:00\.000Z/,
      /│ gaps +│ none/,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect((await readdir(join(folder, "btc"))).sort()).toEqual(["bars.arrow", "funding.csv", "manifest.json", "mark.arrow", "market.json"]);
    const scenario = {
      name: "fetched",
      why: "what was fetched is what scenarios read",
      seed: 1,
      venue: "binance-usdm",
      positionMode: "one_way",
      markets: [{ symbol: "BTC/USDT:USDT", marketFile: "btc/market.json", bars: { timeframe: "1m", file: "btc/bars.arrow" } }],
      boot: { balances: { USDT: "1000" } },
      strategy: { use: "scripted", params: { actions: [] } },
      expect: [{ final: { position: "0", equity: "1000" } }],
    };
    await writeFile(join(folder, "fetched.json"), JSON.stringify(scenario));
    const replayed = started(["simulate", "--no-report", "--json", join(folder, "fetched.json")]);
    expect(await replayed.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("✔ passed fetched [recorded bars]") as string });
  }, 30_000);

  it("killed in the middle goes on with the same command and ends with the same bytes", async () => {
    let victim: ChildProcess | null = null;
    const words = await wordsFor(
      "killed",
      atPage(4, () => victim?.kill("SIGKILL")),
    );
    const first = started(words);
    victim = first.child;
    expect((await first.ended).signal).toBe("SIGKILL");
    victim = null;
    const kept = (await readdir(join(folder, "killed", ".fetch"))).filter((name) => name.startsWith("bars."));
    expect(kept).toHaveLength(3);
    const before = server?.asked.length ?? 0;
    const again = await run([...words, "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: "resumed", bars: { rows: count - 1 } });
    const firstPage = server?.asked.slice(before).find((path) => path.includes("klines"));
    expect(firstPage).toContain(`startTime=${newYear + 1_500 * minute}`);
    await run(await wordsFor("whole"));
    for (const name of ["bars.arrow", "market.json"]) {
      expect(await readFile(join(folder, "killed", name))).toEqual(await readFile(join(folder, "whole", name)));
    }
    expect((await readdir(join(folder, "killed"))).sort()).toEqual((await readdir(join(folder, "whole"))).sort());
  }, 30_000);

  it("interrupted with Ctrl-C ends at once with 130 and says how it goes on", async () => {
    let victim: ChildProcess | null = null;
    const words = await wordsFor(
      "interrupted",
      atPage(2, () => victim?.kill("SIGINT")),
    );
    const { child, ended } = started(words);
    victim = child;
    expect(await ended).toMatchObject({
      code: 130,
      stdout: "",
      stderr: "seatrial: interrupted; what was fetched is kept (the same command goes on from there)\n",
    });
    victim = null;
    expect((await run([...words, "--json"])).stdout).toContain('"outcome":"resumed"');
  }, 30_000);

  it("ends with 1 when the exchange refuses, and prints no secret", async () => {
    const words = await wordsFor("refused", (path, response, request) => {
      if (!path.includes("klines")) return false;
      response.writeHead(451);
      response.end(`restricted location ${String(request.headers["x-key"])}`);
      return true;
    });
    await writeFile(join(folder, "ccxt.json"), JSON.stringify({ ...server?.settings, headers: { "x-key": "hunter2secret" } }));
    const { code, stdout, stderr } = await run(words);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("(the exchange does not serve this place)");
    expect(stderr).not.toContain("hunter2secret");
  });

  it.each([
    [["--timeframe", "1m"], "seatrial: it is not said from when (write --from 2025-01-01, or --since-last to go on from the last bar)\n"],
    [
      ["--from", "2025-01-01", "--since-last"],
      "seatrial: --from and --since-last exclude each other (write --from 2025-01-01, or --since-last to go on from the last bar)\n",
    ],
    [["--from", "2025-01-02", "--to", "2025-01-02"], "seatrial: --from is not before --to (--to is the first open time that is left out)\n"],
  ])("refuses %j with 3 before anything is loaded", async (words, line) => {
    expect(await run(["bars", "fetch", "binanceusdm", "BTC/USDT:USDT", ...words])).toEqual({ code: 3, stdout: "", stderr: line });
  });

  it("goes through the proxy of the environment, and never prints its password", async () => {
    const words = await wordsFor("proxied");
    const heard: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, client: Socket) => {
      heard.push(request.headers["proxy-authorization"]);
      const [host = "", port = ""] = (request.url ?? "").split(":");
      const there = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        there.pipe(client).pipe(there);
      });
      for (const socket of [there, client]) socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, "127.0.0.1", resolve);
    });
    const { port } = proxy.address() as AddressInfo;
    try {
      expect((await run([...words, "--to", "2025-01-01T01:00:00Z"], { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${port}` })).code).toBe(0);
      // Basic authentication: me:hunter2 in base64.
      expect(new Set(heard)).toEqual(new Set(["Basic bWU6aHVudGVyMg=="]));
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
    const unreachable = await run([...words, "--force"], { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${port}` });
    expect(unreachable.code).toBe(1);
    expect(unreachable.stderr).toContain("ECONNREFUSED");
    expect(unreachable.stderr).not.toContain("hunter2");
  }, 30_000);

  it.each([
    ["no JSON", '{"apiKey": "hunter2"', "it is no JSON"],
    ["no object", "[1]", "it holds no object"],
  ])("refuses settings that are %s without quoting them", async (_what, text, words) => {
    const file = join(folder, "bad.json");
    await writeFile(file, text);
    const { code, stderr } = await run(["bars", "fetch", "binanceusdm", "BTC/USDT:USDT", "--from", "2025-01-01", "--ccxt", file]);
    expect([code, stderr]).toEqual([3, `seatrial: ${file}: ${words} (an object such as {"options": {…}})\n`]);
  });

  it("names the nearest exchange", async () => {
    const { code, stderr } = await run(["bars", "fetch", "binanceusdn", "BTC/USDT:USDT", "--from", "2025-01-01"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^seatrial: ccxt \S+ knows no exchange "binanceusdn" \(did you mean "binanceusdm"\?\)\n$/);
  });
});

describe("the host of a fetch", () => {
  const request = () => requestOf(join(folder, "fake"));

  it("draws its progress on a terminal and closes the source", async () => {
    const { io, text } = captureIo();
    const exchange = new FakeExchange({ bars: barsOf(300) });
    await hostSource(request(), exchange, { ...io, stderr: { ...io.stderr, isTTY: true } }, new EventEmitter());
    expect(text.stderr).toMatch(/^\rBTC\/USDT:USDT 1m bars ░+ +0 %/);
    expect(text.stderr).toMatch(/100 %\u001b\[K\r\u001b\[K$/);
    expect(exchange.closed).toBe(true);
  });

  it("stops listening when it is over, also after an interruption", async () => {
    const signals = new EventEmitter();
    const { io } = captureIo();
    const exchange = new FakeExchange(
      { bars: barsOf(300) },
      {
        before: () => {
          signals.emit("SIGTERM");
        },
      },
    );
    await expect(hostSource(request(), exchange, io, signals)).rejects.toMatchObject({ exitCode: 130 });
    expect([signals.listenerCount("SIGINT"), signals.listenerCount("SIGTERM"), exchange.closed]).toEqual([0, 0, true]);
  });
});

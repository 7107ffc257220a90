// The host of the worker: what it prints, and that an interruption leaves nothing half-written.

import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hostWorker } from "../../src/cli/simulate-host.ts";
import type { SimulateMessage } from "../../src/cli/simulate-request.ts";
import { captureIo } from "./capture.ts";

const nothingWritten = { out: null, tag: "a1b2" };

class FakeWorker extends EventEmitter {
  terminations = 0;

  say(message: SimulateMessage): void {
    this.emit("message", message);
  }

  async terminate(): Promise<number> {
    this.terminations += 1;
    this.emit("exit", 1);
    return 1;
  }
}

describe("the host of a simulate worker", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatrial-host-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("prints what the worker sends to the stream it names, and ends with its exit code", async () => {
    const worker = new FakeWorker();
    const { io, text } = captureIo();
    const hosting = hostWorker(worker, nothingWritten, io, new EventEmitter());
    worker.say({ kind: "progress", scenario: "a", done: 1, total: 2 });
    worker.say({ kind: "printed", stream: "stdout", text: "{}\n" });
    worker.say({ kind: "printed", stream: "stderr", text: "table\n" });
    worker.say({ kind: "finished", exitCode: 2 });
    worker.emit("exit", 0);
    expect(await hosting).toBe(2);
    expect(text).toEqual({ stdout: "{}\n", stderr: "table\n" });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"])("on %s ends the worker, removes its half-written folder and ends with 130", async (signal) => {
    const worker = new FakeWorker();
    const signals = new EventEmitter();
    const temporary = join(folder, "scenario", ".partial-a1b2-1");
    await mkdir(temporary, { recursive: true });
    await writeFile(join(temporary, "result.json"), "{");
    const hosting = hostWorker(worker, { out: folder, tag: "a1b2" }, captureIo().io, signals);
    signals.emit(signal);
    expect(await hosting).toBe(130);
    expect([await readdir(folder), worker.terminations, signals.listenerCount(signal)]).toEqual([[], 1, 0]);
  });

  it("keeps folders of those who are still at work, and of runs that were finished", async () => {
    const worker = new FakeWorker();
    const signals = new EventEmitter();
    const kept = ["scenario/.partial-ffff-1", "scenario/2026-11-21T02-38-12-345Z"];
    for (const name of kept) await mkdir(join(folder, name), { recursive: true });
    const hosting = hostWorker(worker, { out: folder, tag: "a1b2" }, captureIo().io, signals);
    signals.emit("SIGINT");
    expect(await hosting).toBe(130);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(["scenario", ...kept]);
  });

  it("throws what the worker died of, and a typed error for one that left without a result", async () => {
    const dead = new FakeWorker();
    const dying = hostWorker(dead, nothingWritten, captureIo().io, new EventEmitter());
    dead.emit("error", new RangeError("out of memory"));
    await expect(dying).rejects.toThrow("out of memory");
    const silent = new FakeWorker();
    const leaving = hostWorker(silent, nothingWritten, captureIo().io, new EventEmitter());
    silent.emit("exit", 0);
    await expect(leaving).rejects.toMatchObject({ code: "simulation_ended_early", exitCode: 2 });
  });
});

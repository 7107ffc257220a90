// The host of the worker: what it prints, and that an interruption leaves nothing half-written.

import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hostWorker } from "../../src/cli/simulate-host.ts";
import type { SimulateMessage } from "../../src/cli/simulate-run.ts";
import { captureIo } from "./capture.ts";

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
    const hosting = hostWorker(worker, io, new EventEmitter());
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
    const temporary = join(folder, ".partial-1");
    await mkdir(temporary);
    await writeFile(join(temporary, "result.json"), "{");
    const hosting = hostWorker(worker, captureIo().io, signals);
    worker.say({ kind: "temporary", path: temporary });
    signals.emit(signal);
    expect(await hosting).toBe(130);
    expect([await readdir(folder), worker.terminations, signals.listenerCount(signal)]).toEqual([[], 1, 0]);
  });

  it("is no trouble when the announced folder never came to be", async () => {
    const worker = new FakeWorker();
    const signals = new EventEmitter();
    const hosting = hostWorker(worker, captureIo().io, signals);
    worker.say({ kind: "temporary", path: join(folder, "never") });
    signals.emit("SIGINT");
    expect(await hosting).toBe(130);
  });

  it("keeps a folder that was finished", async () => {
    const worker = new FakeWorker();
    const signals = new EventEmitter();
    const hosting = hostWorker(worker, captureIo().io, signals);
    worker.say({ kind: "temporary", path: folder });
    worker.say({ kind: "temporary", path: null });
    signals.emit("SIGINT");
    expect(await hosting).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });

  it("throws what the worker died of, and a typed error for one that left without a result", async () => {
    const dead = new FakeWorker();
    const dying = hostWorker(dead, captureIo().io, new EventEmitter());
    dead.emit("error", new RangeError("out of memory"));
    await expect(dying).rejects.toThrow("out of memory");
    const silent = new FakeWorker();
    const leaving = hostWorker(silent, captureIo().io, new EventEmitter());
    silent.emit("exit", 0);
    await expect(leaving).rejects.toMatchObject({ code: "simulation_ended_early", exitCode: 2 });
  });
});

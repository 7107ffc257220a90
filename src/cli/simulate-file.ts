// One file of a simulate command, with everything that runs it: the heavy half of the command, loaded in the thread that needs
// it and nowhere else.

import type { Outcome } from "../report/outcome.ts";
import { runFile, type BatchOptions, type BatchRooms } from "../report/run-file.ts";
import type { Send, SimulateRequest } from "./simulate-request.ts";
import { simulateRooms } from "./simulate-rooms.ts";

/** @param rooms @defaultValue the real ones */
export async function runOne(
  file: string,
  request: SimulateRequest,
  send: Send,
  rooms: BatchRooms = simulateRooms(request.overrides, process.env, request.watched),
): Promise<Outcome> {
  if (request.journal === null) return runFile(file, optionsOf(request, send), rooms);
  const { journaledRooms } = await import("./simulate-journal.ts");
  return runFile(file, optionsOf(request, send), journaledRooms(rooms, request.journal, request, process.env, send));
}

function optionsOf({ out, tag, page, strict, json, version, progress, coverage, single, memory }: SimulateRequest, send: Send): BatchOptions {
  return {
    out,
    tag,
    page,
    strict,
    rows: json,
    versions: { seatrial: version, node: process.versions.node, ccxt: null },
    lifecycle: coverage || (out !== null && (!single || memory !== null)),
    now: Date.now,
    ...(progress ? { onProgress: (scenario: string, done: number, total: number) => send({ kind: "progress", scenario, done, total }) } : {}),
  };
}

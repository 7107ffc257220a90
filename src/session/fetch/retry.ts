// Asks an exchange again after a temporary failure, waiting longer each time, and gives up after a while. Never asks again what the
// exchange refused for good.

import { ExitCode, SeatrialError } from "../../domain/index.ts";
import { TemporaryFailure, type FetchShell } from "./source.ts";

const firstWaitMs = 1_000;
const waitMsMax = 60_000;
/** An exchange that asks for a longer pause than this has banned us: a person should know. */
const askedWaitMsMax = 300_000;
/** Tries of one request: with the waits between them about two minutes. */
const triesMax = 8;
/** Tries of the first request of all: who is not on the network at all wants to know soon. */
const firstTriesMax = 3;

/**
 * The answer to `ask`, asked up to eight times: 1, 2, 4 … 60 s between, or what the exchange asks for where that is longer.
 * @throws SeatrialError `interrupted` (130), `exchange_unreachable` and `exchange_asks_to_wait` (1), and what `ask` throws for good
 */
export function patiently<T>(ask: () => Promise<T>, shell: FetchShell): Promise<T> {
  return retried(ask, shell, triesMax, "what was fetched is kept: the same command goes on from there");
}

/** The same for the first request, which is tried three times. */
export function openPatiently<T>(ask: () => Promise<T>, shell: FetchShell): Promise<T> {
  return retried(ask, shell, firstTriesMax, "check the network; a proxy is taken from HTTPS_PROXY");
}

async function retried<T>(ask: () => Promise<T>, shell: FetchShell, most: number, hint: string): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    assertGoing(shell);
    try {
      return await untilAborted(ask(), shell.signal);
    } catch (error) {
      assertGoing(shell);
      if (!(error instanceof TemporaryFailure)) throw error;
      if (error.waitMs !== null && error.waitMs > askedWaitMsMax) throw asksToWait(error, error.waitMs);
      if (tries === most) throw unreachable(error, most, hint);
      const wait = Math.max(error.waitMs ?? 0, Math.min(waitMsMax, firstWaitMs * 2 ** (tries - 1)));
      shell.onWait(error.message, wait);
      await shell.sleep(wait);
    }
  }
}

/** @throws SeatrialError `interrupted`, exit code 130 */
export function assertGoing(shell: FetchShell): void {
  if (!shell.signal.aborted) return;
  throw new SeatrialError({
    code: "interrupted",
    reason: "interrupted; what was fetched is kept",
    hint: "the same command goes on from there",
    exitCode: ExitCode.interrupted,
  });
}

// A request under way cannot be called back; nobody waits for it any more.
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function unreachable(cause: TemporaryFailure, tries: number, hint: string): SeatrialError {
  return new SeatrialError({
    code: "exchange_unreachable",
    reason: `no answer after ${tries} tries: ${cause.message}`,
    hint,
    exitCode: ExitCode.dependency,
    cause,
  });
}

function asksToWait(cause: TemporaryFailure, waitMs: number): SeatrialError {
  return new SeatrialError({
    code: "exchange_asks_to_wait",
    reason: `the exchange asks to wait ${Math.ceil(waitMs / 1_000)} s: ${cause.message}`,
    hint: "what was fetched is kept: the same command goes on from there, later",
    exitCode: ExitCode.dependency,
    cause,
  });
}

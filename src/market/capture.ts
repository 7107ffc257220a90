// Captures of a feed: one message a line behind the instant it was received. Takes the lines apart; what a message means is
// told by venue-messages.ts. A line that is neither message nor known remark is an error.

import { SeatrialError } from "../domain/index.ts";
import { LineFeed } from "./lines.ts";
import { epochMillis, type MarketItem } from "./market-item.ts";
import { itemsOf } from "./venue-messages.ts";

/** A snapshot of a whole book is one line. */
const messageBytesMax = 16 << 20;

/** `<receive time> <message>` (ns), `<receive time>: <message>` (s), `<address> -> <receive time>: <answer>`. */
const messageLine = /^(?:(https?:\S+) -> )?(\d{9,19}(?:\.\d+)?):? ?([[{].*)$/s;
/** What a recorder writes beside messages: connections, requests sent, its own settings. */
const remarkLine = /^(?:wss?:\S+ <->? |configuration: )/;

/** Whether a file that starts with this line is a capture. */
export function isCaptureLine(line: string): boolean {
  return messageLine.test(line) || remarkLine.test(line);
}

export interface Captured {
  readonly item: MarketItem;
  /** When the recorder got the message, epoch ms by its own clock, to the nearest. */
  readonly received: number;
  /** 1-based line of the file. */
  readonly line: number;
}

/** Hands over all market data of a capture in the order of its lines. @throws SeatrialError `bad_capture`, `bad_json`, … */
export async function readCapture(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  file: string,
  take: (captured: Captured) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const feed = new LineFeed(
    (bytes, start, end, line) => {
      const text = decoder.decode(bytes.subarray(start, end)).trim();
      if (text !== "" && !remarkLine.test(text)) readLine(text, line, file, take);
    },
    file,
    messageBytesMax,
  );
  feed.push(first);
  for await (const piece of rest) feed.push(piece);
  feed.finish();
}

function readLine(text: string, line: number, file: string, take: (captured: Captured) => void): void {
  const match = messageLine.exec(text);
  if (match === null) {
    const reason = `"${text.slice(0, 60)}" is no message behind its receive time`;
    throw new SeatrialError({ code: "bad_capture", reason, place: { file, line } });
  }
  const [, address, stamp, body] = match;
  const received = epochMillis(Number(stamp));
  const named = address === undefined || !URL.canParse(address) ? null : new URL(address).searchParams.get("symbol");
  try {
    for (const item of itemsOf(JSON.parse(body ?? ""))) take({ item: item.symbol === null ? { ...item, symbol: named } : item, received, line });
  } catch (cause) {
    if (cause instanceof SeatrialError) throw cause.at({ file, line });
    throw unreadable(cause, "the message", { file, line });
  }
}

/** A typed error for a text that is no JSON, or JSON whose parts are not of the shape that its head promises. */
export function unreadable(cause: unknown, what: string, place: { readonly file: string; readonly line?: number }): SeatrialError {
  const words = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof SyntaxError) {
    return new SeatrialError({ code: "bad_json", reason: `${what} is no JSON: ${words}`, hint: "it may be cut", place, cause });
  }
  return new SeatrialError({ code: "bad_message", reason: `${what} has a part of another shape than its head promises: ${words}`, place, cause });
}

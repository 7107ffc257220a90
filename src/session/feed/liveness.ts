// Whether the streams of a session are alive. A stream that says nothing for too long is taken for dead and opened anew, and
// so is every stream from time to time: what it may have kept back is then asked for. It must never read a message.

import type { Millis, Sequence, StreamGap, StreamResynced } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";

export interface StreamSettings {
  /** A stream whose pings have not been heard for so long is dead. @defaultValue 180000 */
  readonly maxSilenceMs: number;
  /** Streams are opened anew this often, whatever they say; null: never. A silence behind which pings go on ends in no other way. @defaultValue null */
  readonly renewEveryMs: number | null;
}

// Binance USD-M, page "WebSocket Market Streams": a ping every three minutes.
export const defaultStreamSettings: StreamSettings = { maxSilenceMs: 180_000, renewEveryMs: null };

export class Liveness {
  declare private readonly venue: VirtualExchange;
  declare private readonly settings: StreamSettings;
  /** When the streams were opened last; -1 before the first look. */
  private opened = -1;

  constructor(venue: VirtualExchange, settings: StreamSettings) {
    this.venue = venue;
    this.settings = settings;
  }

  /** To be called at each instant, when what came over the streams has been heard. */
  look(now: Millis, tell: (event: StreamGap | StreamResynced) => void): void {
    if (this.opened < 0) this.opened = now;
    const { maxSilenceMs, renewEveryMs } = this.settings;
    const silent = this.venue.trouble?.wire.silentSince(now) ?? null;
    const dead = silent !== null && now - silent > maxSilenceMs;
    const old = renewEveryMs !== null && now - this.opened >= renewEveryMs;
    if (!dead && !old) return;
    this.opened = now;
    tell({ type: "stream_gap", time: now, sequence: 0 as Sequence, market: null });
    this.venue.trouble?.wire.renew(now);
    tell({ type: "stream_resynced", time: now, sequence: 0 as Sequence, market: null });
  }
}

/** What of a plan says whether streams have to be watched. */
interface StreamPlan {
  readonly steps: readonly { readonly action: { readonly do: string; readonly notify?: boolean } }[];
  readonly streams?: Partial<StreamSettings>;
}

/** null: the session's streams cannot fall silent, and are not opened anew. */
export function livenessOf({ steps, streams }: StreamPlan, venue: VirtualExchange): Liveness | null {
  const mayFallSilent = steps.some(({ action }) => action.do === "stream_gap" && action.notify === false);
  return streams === undefined && !mayFallSilent ? null : new Liveness(venue, { ...defaultStreamSettings, ...streams });
}

// The virtual exchange: usable alone, knows no runner. `import { VirtualExchange } from "seatrial/exchange"`.
// What it does not do: multi-asset margin, troubles that nobody has scripted.
export * from "./account.ts";
export * from "./charges.ts";
export * from "./client-ids.ts";
export type { DeleverageStep } from "./deleveraging.ts";
export { endpoints, type Endpoint } from "./reads.ts";
export { disturb, isDisturbance, type Disturbance } from "./disturbances.ts";
export { messageKinds, type MessageKind } from "./messages.ts";
export * from "./engine.ts";
export * from "./faults.ts";
export * from "./fill-model.ts";
export type { Amendment } from "./changes.ts";
export type { MarketVenue } from "./market-venue.ts";
export { Lag, type Latency } from "./latency.ts";
export type { MarginMode } from "./isolated-margin.ts";
export { leverageTiers } from "./margin-tier-table.ts";
export { liquidationRuleNames, type LiquidationRuleName } from "./margin-rules.ts";
export type { VenueMarket, VirtualExchangeOptions } from "./options.ts";
export * from "./path.ts";
export * from "./profile.ts";
export * from "./profiles.ts";
export * from "./rejections.ts";
export type { LimitStep } from "./request-gate.ts";
export * from "./request-weights.ts";
export type { RequestKind, RequestWindow } from "./request-window.ts";
export { venueStateSchema, type VirtualExchangeState } from "./state.ts";
export { VenueOrder } from "./venue-order.ts";
export { venueTapeLines, type VenueTape } from "./venue-tape.ts";

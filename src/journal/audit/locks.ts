// What must not leave: orders that increase risk under a stop, a lock, a stream that is broken, a comparison with the venue that is
// not done, an account or a market that is not as it should be; any request during a ban; anything after a halt. And timers: each
// fires once, when it is due.

import { isRiskIncrease, type OrderRequest, type PositionMode, type Refusal, type TradingStatus } from "../../domain/index.ts";
import type { AuditedInvariant, Findings } from "./findings.ts";
import type { AuditRecord } from "./records.ts";

/** Stands for every market. */
const everywhere = -1;
const requests: ReadonlySet<AuditRecord["record"]["type"]> = new Set<AuditRecord["record"]["type"]>([
  "submit_order",
  "cancel_order",
  "amend_order",
  "query_order",
  "query_position",
  "query_open_orders",
  "query_fills",
  "query_account",
  "query_cash",
  "query_rules",
]);
/** Under which a venue takes nothing that increases risk. */
const closedStatuses: ReadonlySet<TradingStatus> = new Set<TradingStatus>(["cancel_only", "maintenance", "delisted"]);

/** Something that keeps risk from being increased. */
interface Bar {
  readonly invariant: AuditedInvariant;
  readonly market: number;
  readonly why: string;
}

export class Locks {
  halted = false;
  private now = 0;
  declare private readonly findings: Findings;
  declare private readonly mode: PositionMode;
  /** By what they are called. */
  private readonly bars = new Map<string, Bar>();
  /** Until when the venue has banned the session. */
  private bannedUntil = 0;
  /** When each armed timer is due. */
  private readonly timers = new Map<number, number>();

  constructor(findings: Findings, mode: PositionMode) {
    this.findings = findings;
    this.mode = mode;
  }

  /** @param opened when the bar of the record opened, as far as that is known; else 0 */
  take({ record, time }: AuditRecord, at: number, opened: number): void {
    // An answer that others have overtaken is told with the time of the venue: the session's own clock never goes back.
    if (time > this.now) this.now = time;
    if (opened > this.now) this.now = opened;
    if (requests.has(record.type)) this.requested(record.type, this.now, at);
    switch (record.type) {
      case "operator_command":
        return this.bar("stop", "I-13", everywhere, `the operator's ${record.command}`, record.command !== "resume");
      case "risk_locked": {
        const { market, reason, locked } = record;
        return this.bar(`lock ${market} ${reason}`, "I-13", market ?? everywhere, reason, locked);
      }
      case "stream_gap":
      case "stream_resynced":
        return this.bar(`gap ${record.market}`, "I-25", record.market ?? everywhere, "the stream is broken", record.type === "stream_gap");
      case "session_resumed":
        return this.bar("comparison", "I-21", everywhere, "the book is not compared with the venue", true);
      case "reconciled":
        return this.bar("comparison", "I-21", everywhere, "the book is not compared with the venue", record.phase !== "done");
      case "account_reported":
        return this.bar("mode", "I-29", everywhere, `the account is in ${record.positionMode} mode`, record.positionMode !== this.mode);
      case "venue_status_changed": {
        const { market, status } = record;
        return this.bar(`status ${market}`, "I-31", market ?? everywhere, `the market is ${status}`, closedStatuses.has(status));
      }
      case "halt":
        this.halted = true;
        return;
      case "submit_order":
        return this.sent(record.request, at);
      case "set_timer":
        this.timers.set(record.timer, record.due);
        return;
      case "timer_fired":
        return this.fired(record.timer, this.now, at);
      case "order_rejected":
      case "cancel_rejected":
      case "amend_rejected":
      case "query_rejected":
      case "snapshot_failed":
        return this.refused(record);
      default:
        return;
    }
  }

  private bar(name: string, invariant: AuditedInvariant, market: number, why: string, stands: boolean): void {
    if (stands) this.bars.set(name, { invariant, market, why });
    else this.bars.delete(name);
  }

  private sent({ family, market, order }: OrderRequest, at: number): void {
    const { findings } = this;
    if (findings.fails(!this.halted)) findings.add("journal", "I-13", at, `order ${order} is sent after the halt`);
    if (!isRiskIncrease(family)) return;
    findings.checks += 1;
    for (const { invariant, market: where, why } of this.bars.values())
      if (where === everywhere || where === market)
        findings.add("journal", invariant, at, `${family} order ${order} is sent while this holds: ${why}`);
  }

  private refused({ limit }: Refusal): void {
    if (limit !== null && limit.banned) this.bannedUntil = Math.max(this.bannedUntil, limit.until);
  }

  private requested(type: string, time: number, at: number): void {
    if (this.findings.fails(time >= this.bannedUntil))
      this.findings.add("journal", "I-15", at, `${type} leaves at ${time}, during a ban until ${this.bannedUntil}`);
  }

  private fired(timer: number, time: number, at: number): void {
    const due = this.timers.get(timer);
    this.timers.delete(timer);
    if (!this.findings.fails(due !== undefined && time >= due)) return;
    const what = due === undefined ? `timer ${timer} fires and is not armed` : `timer ${timer} fires at ${time}, before it is due at ${due}`;
    this.findings.add("journal", "I-27", at, what);
  }
}

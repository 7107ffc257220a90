// What must not leave while it is locked: orders that increase risk under a stop, a lock or a comparison with the venue; anything
// after a halt. And timers: each fires once, when it is due.

import type { Findings } from "./findings.ts";
import type { AuditRecord } from "./records.ts";

const everywhere = -1;

export class Locks {
  halted = false;
  declare private readonly findings: Findings;
  private stopped: string | null = null;
  /** Locks by market and reason. */
  private readonly locks = new Map<string, number>();
  /** When each armed timer is due. */
  private readonly timers = new Map<number, number>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  take({ record, time }: AuditRecord, at: number): void {
    switch (record.type) {
      case "operator_command":
        this.stopped = record.command === "resume" ? null : record.command;
        return;
      case "risk_locked": {
        const key = `${record.market ?? everywhere} ${record.reason}`;
        if (record.locked) this.locks.set(key, record.market ?? everywhere);
        else this.locks.delete(key);
        return;
      }
      case "halt":
        this.halted = true;
        return;
      case "submit_order":
        return this.sent(record.request.family, record.request.market, record.request.order, at);
      case "set_timer":
        this.timers.set(record.timer, record.due);
        return;
      case "timer_fired": {
        const due = this.timers.get(record.timer);
        this.timers.delete(record.timer);
        this.findings.holds(due !== undefined && time >= due, "journal", "I-27", at, () => {
          return due === undefined
            ? `timer ${record.timer} fires and is not armed`
            : `timer ${record.timer} fires at ${time}, before it is due at ${due}`;
        });
        return;
      }
      default:
        return;
    }
  }

  private sent(family: string, market: number, order: number, at: number): void {
    const { findings } = this;
    findings.holds(!this.halted, "journal", "I-13", at, () => `order ${order} is sent after the halt`);
    if (family !== "entry" && family !== "dca") return;
    findings.holds(this.stopped === null, "journal", "I-13", at, () => `${family} order ${order} is sent under ${this.stopped}`);
    for (const [key, where] of this.locks) {
      if (where === everywhere || where === market)
        findings.add("journal", "I-13", at, `${family} order ${order} is sent while risk is locked: ${key.slice(key.indexOf(" ") + 1)}`);
    }
  }
}

// A runner driven by hand that is taken down and built again from its snapshot before each thing that it is told. It must never help
// the new one: what is not in the snapshot is lost.

import type { Effect, Event } from "../../src/domain/index.ts";
import type { RunnerSnapshot } from "../../src/runner/index.ts";
import { Harness, type HarnessOptions } from "./harness.ts";

export class Restarting extends Harness {
  private readonly options: HarnessOptions;

  constructor(options: HarnessOptions = {}) {
    super(options);
    this.options = options;
  }

  /** The process ends here, and another one goes on with what is on the disk. */
  restart(): void {
    const saved = JSON.parse(JSON.stringify(this.runner.snapshot())) as RunnerSnapshot;
    const { strategies } = this;
    const markets = (this.options.markets ?? [this.options]).map((market, at) => ({ ...market, strategy: strategies[at] as never }));
    const { runner } = new Harness({ ...this.options, markets });
    runner.restore(saved);
    // Hooks of the set-up have left their traces in these strategies: the new runner's is the one that counts.
    Object.assign(this, { runner });
  }

  override handle(event: Event): Effect[] {
    this.restart();
    return super.handle(event);
  }

  override bar(bar: number, markets?: readonly number[]): Effect[] {
    this.restart();
    return markets === undefined ? super.bar(bar) : super.bar(bar, markets);
  }
}

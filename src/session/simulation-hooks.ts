// What a run tells whoever waits for it, and asks of them. It has no part in the run.

export interface SimulationHooks {
  /** Called every few thousand bars. @param done bars of the first market, of `total` */
  onProgress?(done: number, total: number): void;
  /** True ends the run at the next look; the record is of what ran. */
  aborted?(): boolean;
}

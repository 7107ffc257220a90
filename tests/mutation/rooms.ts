// Which rooms can be mutated, and which tests judge them: fast ones only, since each change runs them again.

interface Room {
  readonly source: string;
  readonly tests: readonly string[];
}

export const rooms: Readonly<Record<string, Room>> = {
  domain: { source: "src/domain", tests: ["tests/domain/*.test.ts", "tests/scenario/scales.test.ts"] },
  runner: { source: "src/runner", tests: ["tests/runner/**/*.test.ts"] },
  "exchange/virtual": { source: "src/exchange/virtual", tests: ["tests/exchange/*.test.ts"] },
};

/** Never among them: loading ccxt takes longer than all tests of a room. */
export const slowTests: readonly string[] = ["tests/**/*-ccxt.test.ts"];

/** How the command tells the test runner, a process of its own, which room it works in. */
export const roomVariable = "SEATRIAL_MUTANTS_ROOM";

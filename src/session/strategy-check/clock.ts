// Another time and other chances for the length of a call: what a strategy must not depend on. It must always put back what
// it found.

/** One use of what is not the strategy's to use. */
export type ForbiddenUse = "Date" | "Math.random" | "performance.now";

/** Eleven days, nine hours, 37 minutes and 4.321 s: another weekday, hour, minute and second. */
const shiftMs = 985_024_321;

/** Runs `call` at a later time of day, with other random numbers. @param onUse hears of each look at either */
export function atAnotherTime<T>(call: () => T, onUse: (use: ForbiddenUse) => void): T {
  const own = { date: globalThis.Date, random: Math.random, now: performance.now.bind(performance) };
  const later = (): number => {
    onUse("Date");
    return own.date.now() + shiftMs;
  };
  let chance = 0.5;
  globalThis.Date = new Proxy(own.date, {
    construct: (target, args: readonly unknown[]) => Reflect.construct(target, args.length === 0 ? [later()] : args) as object,
    apply: () => new own.date(later()).toString(),
    get: (target, key) => (key === "now" ? later : Reflect.get(target, key)) as unknown,
  });
  Math.random = () => {
    onUse("Math.random");
    chance = (chance * 997 + 0.137) % 1;
    return chance;
  };
  performance.now = () => {
    onUse("performance.now");
    return own.now() + shiftMs;
  };
  try {
    return call();
  } finally {
    globalThis.Date = own.date;
    Math.random = own.random;
    Reflect.deleteProperty(performance, "now");
  }
}

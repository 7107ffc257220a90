// Values of a point laid over a strategy's parameters. A path that leads nowhere is an error; a value is judged by the strategy.

import { SeatrialError } from "../domain/index.ts";
import type { Params } from "../strategy/index.ts";
import type { Point } from "./points.ts";

/** @returns the parameters with the point's values in place. @throws SeatrialError `unknown_parameter` */
export function withParameters(params: Params, point: Point): Params {
  let laid: unknown = params;
  for (const [path, value] of Object.entries(point)) {
    const whole = path in params ? [path] : path.split(".");
    laid = placed(laid, whole, value, path);
  }
  return laid as Params;
}

function placed(at: unknown, [key, ...rest]: readonly string[], value: unknown, path: string): unknown {
  if (key === undefined) return value;
  if (Array.isArray(at)) {
    const index = /^\d+$/.test(key) ? Number(key) : -1;
    if (index < 0 || index >= at.length) throw nowhere(path, `"${key}" is no place in a list of ${at.length}`);
    return at.map((member: unknown, place) => (place === index ? placed(member, rest, value, path) : member));
  }
  if (typeof at !== "object" || at === null) throw nowhere(path, `there is nothing under "${key}"`);
  return { ...at, [key]: rest.length === 0 ? value : placed((at as Readonly<Record<string, unknown>>)[key], rest, value, path) };
}

function nowhere(path: string, problem: string): SeatrialError {
  return new SeatrialError({
    code: "unknown_parameter",
    reason: `the parameter ${path} leads nowhere: ${problem}`,
    hint: 'write "object.key" or "list.0"',
  });
}

// A strategy's parameters as a command line gives them: `--params`, as JSON or as a file of it. Knows no strategy.

import { readFile } from "node:fs/promises";

import { SeatrialError } from "../domain/errors.ts";

const example = `--params '{"quantity": 2}'`;

/** @throws SeatrialError `bad_parameters`, naming the file where it is one */
export async function paramsOf(text: string): Promise<Readonly<Record<string, unknown>>> {
  const inline = text.trimStart().startsWith("{");
  const place = inline ? {} : { file: text };
  let json = text;
  try {
    if (!inline) json = await readFile(text, "utf8");
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const reason = `the parameters cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SeatrialError({ code: "bad_parameters", reason, hint: `${example}, or a JSON file`, place, cause });
  }
  throw new SeatrialError({ code: "bad_parameters", reason: "the parameters must be a JSON object", hint: example, place });
}

// Writes the files of `seatrial strategy new` from a template. It must never overwrite a file, and never leave one of the
// two alone.

import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { ownFile } from "../session/own-files.ts";

export interface WrittenStrategy {
  readonly strategy: string;
  readonly scenario: string;
}

const folder = ownFile("fixtures/strategies/templates/");

/** @throws SeatrialError `bad_strategy_name`, `file_exists`, `output_not_writable`; exit code 3 */
export async function writeStrategy(name: string, template: string, out: string): Promise<WrittenStrategy> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new SeatrialError({
      code: "bad_strategy_name",
      reason: `"${name}" is no name for a strategy`,
      hint: "small letters, digits and dashes, a letter first: my-bot",
    });
  }
  const written = { strategy: join(out, `${name}.ts`), scenario: join(out, `${name}.json`) };
  for (const file of [written.strategy, written.scenario]) await assertAbsent(file);
  const [strategy, scenario] = await Promise.all([".ts", ".json"].map((extension) => textOf(template, extension, name)));
  try {
    await mkdir(out, { recursive: true });
    await writeFile(written.strategy, strategy ?? "", { flag: "wx" });
    try {
      await writeFile(written.scenario, scenario ?? "", { flag: "wx" });
    } catch (error) {
      await rm(written.strategy, { force: true });
      throw error;
    }
  } catch (cause) {
    const reason = `cannot write into ${out}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SeatrialError({ code: "output_not_writable", reason, hint: "choose another folder with --out", exitCode: ExitCode.input, cause });
  }
  return written;
}

async function assertAbsent(file: string): Promise<void> {
  const there = await stat(file).then(
    () => true,
    () => false,
  );
  if (!there) return;
  throw new SeatrialError({
    code: "file_exists",
    reason: "the file is there already, and is left as it is",
    hint: "another name, or another folder with --out",
    place: { file },
  });
}

/** A template is a strategy of its own: its two names, of the file and of the class, become the new one's. */
async function textOf(template: string, extension: string, name: string): Promise<string> {
  const text = await readFile(new URL(`${template}-bot${extension}`, folder), "utf8");
  return text.replaceAll(`${template}-bot`, name).replaceAll(classNameOf(`${template}-bot`), classNameOf(name));
}

/** "my-bot" → "MyBot". */
function classNameOf(name: string): string {
  return name
    .split("-")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}

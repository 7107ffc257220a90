// Runs `seatrial report telemetry`: opens the journal, prints the counts. Holds no rule of either.

import { ExitCode } from "../domain/index.ts";
import { JournalReader } from "../journal/sqlite/reader.ts";
import { telemetryOf } from "../journal/sqlite/telemetry.ts";
import { telemetryText } from "../report/terminal/journal-text.ts";
import { traitsOf, type Io } from "./io.ts";

/** @returns 2 where a file beside the journal says another thing. @throws SeatrialError of the journal, `live_file_broken` */
export function runTelemetry(file: string, json: boolean, io: Io): ExitCode {
  const reader = new JournalReader(file);
  try {
    const telemetry = telemetryOf(reader);
    io.stdout.write(json ? `${JSON.stringify(telemetry)}\n` : telemetryText(telemetry, traitsOf(io.stdout).width));
    return telemetry.agrees ? ExitCode.ok : ExitCode.run;
  } finally {
    reader.close();
  }
}

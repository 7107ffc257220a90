// The result of a mutation run as Markdown: one row a file, then what survived. It judges nothing.

type Status = "Killed" | "Survived" | "NoCoverage" | "Timeout" | "RuntimeError" | "CompileError" | "Ignored" | "Pending";

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: Status;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

/** Of the mutation testing report schema, version 2: the parts that are read here. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Counts {
  readonly mutants: number;
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly uncovered: number;
}

/** Valid mutants only: what was ignored, or could not run at all, says nothing. */
function countsOf(mutants: readonly Mutant[]): Counts {
  const count = (status: Status): number => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeout, survived, uncovered] = [count("Killed"), count("Timeout"), count("Survived"), count("NoCoverage")];
  return { mutants: killed + timeout + survived + uncovered, killed, timeout, survived, uncovered };
}

function row(name: string, { mutants, killed, timeout, survived, uncovered }: Counts): string {
  const score = mutants === 0 ? "–" : `${(((killed + timeout) / mutants) * 100).toFixed(1)} %`;
  return `| ${name} | ${mutants} | ${killed} | ${timeout} | ${survived} | ${uncovered} | ${score} |\n`;
}

/** The code that a mutant replaces, on one line. */
function replaced(source: string, { location: { start, end } }: Mutant): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines.map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined).trim()).join(" ");
}

function survivor(name: string, source: string, mutant: Mutant): string {
  const { line, column } = mutant.location.start;
  const missing = mutant.status === "NoCoverage" ? " (no test runs it)" : "";
  return `${name}:${line}:${column} ${mutant.mutatorName}${missing}\n  - ${replaced(source, mutant)}\n  + ${mutant.replacement ?? ""}\n`;
}

export function printTable(report: MutationReport): string {
  const files = Object.entries(report.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = files.flatMap(([, { mutants }]) => mutants);
  const rows = files.map(([name, { mutants }]) => row(name, countsOf(mutants))).join("");
  const survivors = files.flatMap(([name, { source, mutants }]) =>
    mutants.filter(({ status }) => status === "Survived" || status === "NoCoverage").map((mutant) => survivor(name, source, mutant)),
  );
  const head = "| file | mutants | killed | timed out | survived | not reached | score |\n|---|---|---|---|---|---|---|\n";
  return `${head}${rows}${row("all", countsOf(all))}\n${survivors.join("")}`;
}

// A database with its statements, each prepared once. It must never know what a table means.

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

export type Row = Record<string, SQLInputValue>;

export class Tables {
  declare readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** Keys of a row are columns. */
  insert(table: string, row: Row, or: "ABORT" | "IGNORE" | "REPLACE" = "ABORT"): number {
    const columns = Object.keys(row);
    const names = columns.join(", ");
    const key = `${or} ${table} ${names}`;
    const known = this.statements.get(key);
    if (known !== undefined) return Number(known.run(...Object.values(row)).changes);
    const made = this.database.prepare(`INSERT OR ${or} INTO ${table} (${names}) VALUES (${columns.map(() => "?").join(", ")})`);
    this.statements.set(key, made);
    return Number(made.run(...Object.values(row)).changes);
  }

  /** @returns rows that it changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const made = this.database.prepare(sql);
    this.statements.set(sql, made);
    return made;
  }
}

/** A column's text; "" for one that is not there, which no column of text ever is. */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return typeof value === "string" ? value : "";
}

export function textOrNull(row: Row | undefined, column: string): string | null {
  const value = row?.[column];
  return typeof value === "string" ? value : null;
}

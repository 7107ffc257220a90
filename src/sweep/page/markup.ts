// Pieces of HTML from data. All text is escaped here, so that no name, reason or parameter of a sweep can become markup.

/** HTML that was made here; nothing else may stand in a page unescaped. */
export interface Html {
  readonly html: string;
}

/** A template whose values are escaped, but for pieces of HTML and lists of them. Its text is kept to the letter: the policy's hashes are of it. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  return { html: parts.reduce((text, part, at) => text + textOf(values[at - 1] as string | number | Html | readonly Html[]) + part) };
}

function textOf(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escaped(value);
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export interface PageColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/** One cell; `sort` is what it is sorted by where its text does not say. */
export interface PageCell {
  readonly text: string;
  readonly sort?: number | null;
}

/** A table in a region that scrolls by itself. @param sortable its headings sort it, when scripts may run */
export function table(caption: string, columns: readonly PageColumn[], rows: readonly (readonly PageCell[])[], sortable: boolean): Html {
  const heads = columns.map(({ title, numeric }) => markup`<th scope="col"${numeric === true ? markup` class="number"` : ""}>${title}</th>`);
  const body = rows.map(
    (row) =>
      markup`<tr>${row.map(
        ({ text, sort }, at) =>
          markup`<td${columns[at]?.numeric === true ? markup` class="number"` : ""}${sort === undefined ? "" : markup` data-sort="${sort ?? ""}"`}>${text}</td>`,
      )}</tr>\n`,
  );
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table${sortable ? markup` class="sortable"` : ""}><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

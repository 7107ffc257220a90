// What a failed request says of itself, fit to be printed: one line, short, without a credential. Knows no exchange.

const lengthMax = 240;
/** Names of settings whose values are nobody's business. */
const secretName = /key|secret|password|token|uid|login|wallet|proxy|phrase/i;

/** The words of an error. @param settings whose secret values must not appear in it */
export function readableReason(error: unknown, settings: Readonly<Record<string, unknown>>): string {
  let text = error instanceof Error ? causes(error) : String(error);
  for (const secret of secretsOf(settings)) text = text.replaceAll(secret, "***");
  text = text
    .replaceAll(/\/\/[^/@\s]+@/g, "//***@")
    .replaceAll(/([?&](?:signature|apikey|api_key|token)=)[^&\s]+/gi, "$1***")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

// "fetch failed" says nothing; the error that caused it says ECONNREFUSED.
function causes(error: Error): string {
  const { cause } = error;
  const inner = cause instanceof Error ? causes(cause) : "";
  return inner === "" || error.message.includes(inner) ? error.message : `${error.message}: ${inner}`;
}

function secretsOf(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) return secretsOf(value as Readonly<Record<string, unknown>>);
    return typeof value === "string" && value.length >= 4 && secretName.test(name) ? [value] : [];
  });
}

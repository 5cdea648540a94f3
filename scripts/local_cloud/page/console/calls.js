// How often the services behind the doors were asked: {service: {operation: count}}.

const PATIENCE_MS = 1_000;

/** Return the counts so far, or null where they cannot be had. */
export async function readCalls() {
  try {
    const response = await fetch("/_local/calls", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Return what was added between two counts, or null where one is missing. */
export function callsBetween(before, after) {
  if (!before || !after) return null;
  const added = {};
  for (const [service, operations] of Object.entries(after)) {
    for (const [operation, count] of Object.entries(operations)) {
      const more = count - (before[service]?.[operation] ?? 0);
      if (more > 0) (added[service] ??= {})[operation] = more;
    }
  }
  return added;
}

export const total = (operations) => Object.values(operations).reduce((sum, count) => sum + count, 0);

/** Write counts in one line: tablestore 3 (BatchGetRow 1, BatchWriteRow 2) · dysms 1 (SendSms 1). */
export function callsInWords(calls) {
  const services = Object.entries(calls).map(([service, operations]) => {
    const each = Object.entries(operations).map(([operation, count]) => `${operation} ${count}`);
    return `${service} ${total(operations)} (${each.join(", ")})`;
  });
  return services.join(" · ") || "0";
}

// Tell the local cloud what to do: POST to its /_local endpoints.

/** Resolve to {ok, answer}; an answer that never came is one that says so. */
export async function control(path, wish) {
  try {
    const response = await fetch(`/_local/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    return { ok: response.ok, answer: await response.json() };
  } catch (error) {
    return { ok: false, answer: { error: String(error) } };
  }
}

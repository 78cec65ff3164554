// The live entries.

import { $, element, parse, request, show } from "/api.js";

const ENTRIES_SHOWN = 200;

/** Shows entries as they come. It connects again when the server was away. */
export async function follow(from) {
  let last = null;
  for (;;) {
    try {
      const headers = { Accept: "text/event-stream" };
      if (last !== null) headers["Last-Event-ID"] = String(last);
      const response = await request(`/entries?from=${from}`, { headers });
      if (!response.ok) throw new Error(response.statusText);
      $("live-note").textContent = "connected";
      last = await readStream(response.body, (entry) => { last = entry; }) ?? last;
    } catch (error) {
      $("live-note").textContent = `no connection: ${error.message}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function readStream(body, seen) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let last = null;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return last;
    text += value;
    const messages = text.split("\n\n");
    text = messages.pop();
    const rows = [];
    for (const message of messages) {
      const data = message.match(/^data: (.*)$/m)?.[1];
      const id = message.match(/^id: (.*)$/m)?.[1];
      if (!id || !data) continue;
      last = id;
      seen(id);
      rows.push(entryRow(parse(data)));
    }
    if ($("pause").getAttribute("aria-pressed") === "false") addRows(rows);
  }
}

function addRows(rows) {
  const table = $("entries");
  table.prepend(...rows.slice(-ENTRIES_SHOWN).reverse());
  while (table.rows.length > ENTRIES_SHOWN) table.lastElementChild.remove();
}

function entryRow(entry) {
  const { status, error, events = [] } = entry;
  const outcome = error ? `${status}: ${error.message}` : status ?? "environment";
  const names = events.map(({ event, payload }) => `${event} ${show(payload)}`);
  return element("tr", [
    element("td", show(entry.entry), "number"),
    element("td", show(entry.command ?? "")),
    element("td", outcome, status === "committed" ? "good" : "bad"),
    element("td", show(entry.payload ?? entry.environment ?? "")),
    element("td", names.map((name) => element("div", name))),
  ]);
}

$("pause").addEventListener("click", ({ target }) => {
  const isPaused = target.getAttribute("aria-pressed") === "true";
  target.setAttribute("aria-pressed", String(!isPaused));
  target.textContent = isPaused ? "Pause" : "Go on";
});

// The page of the server: status, records, and a form that sends commands.

import { $, element, hasToken, json, parse, request, setToken, show, whenRefused } from "/api.js";
import { follow } from "/live.js";
import { showReplicas } from "/replicas.js";

const PAGE = 50;
let schema = null;
let page = { from: 1, next: null };
let lastEntry = 0;

function showLogin(error) {
  $("login").hidden = false;
  $("login-error").textContent = error;
  $("token").focus();
}

async function start() {
  try {
    schema = await json("/schema");
  } catch (error) {
    setHealth("no answer", "bad", error.message);
    if (hasToken() || $("login").hidden) setTimeout(start, 3000);
    return;
  }
  $("login").hidden = true;
  fill($("command-name"), schema.commands);
  fill($("record-name"), schema.records);
  makeCommandForm();
  makeSearchForm();
  await Promise.all([refreshStatus(), loadPage(1)]);
  follow(Math.max(1, Number(lastEntry) - 19));
  setInterval(refreshStatus, 2000);
}

function fill(select, definitions) {
  select.replaceChildren(...definitions.map(({ name }) => element("option", name)));
}

function setHealth(text, className, title = "") {
  const health = $("health");
  if (health.textContent !== text) health.textContent = text;
  health.className = `badge ${className}`;
  health.title = title;
}

async function refreshStatus() {
  try {
    const health = await (await fetch("/health")).json();
    const isGood = health.status === "ok";
    setHealth(isGood ? "ready" : health.status, isGood ? "good" : "bad", health.reason);
    const status = await json("/status");
    lastEntry = status.entry;
    $("plugin").textContent = status.plugin;
    document.title = `${status.plugin} · StateVec server`;
    const rows = [
      ["Last entry", status.entry],
      ["Committed", status.tx_seq],
      ["Last ext_seq", status.last_ext_seq ?? "none"],
      ...Object.entries(status.records).map(([name, number]) => [`${name} records`, number]),
      ["Waiting commands", status.queue.commands],
      ["Opened", status.opened],
      ["Digest", status.digest],
      ["Plugin file", status.plugin_sha256?.slice(0, 12) ?? "none"],
      ["Version", status.version],
    ];
    $("status").replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", name), element("dd", show(value))]));
    if (status.replica) await showReplicas();
  } catch (error) {
    setHealth("no answer", "bad", error.message);
  }
}

/** The input for a field of the schema. */
function field(prefix, { name, type }) {
  const id = `${prefix}-${name}`;
  const label = element("label", name);
  label.htmlFor = id;
  const variants = schema.types?.find((known) => known.name === type?.defined)?.variants;
  let input;
  if (type === "bool") {
    input = element("select", ["false", "true"].map((value) => element("option", value)));
  } else if (variants) {
    input = element("select", variants.map(({ name }) => element("option", name)));
  } else {
    input = element("input");
    input.required = true;
    input.autocomplete = "off";
    if (/^[ui]\d+$/.test(type)) {
      input.inputMode = "numeric";
      input.pattern = type.startsWith("i") ? "-?[0-9]+" : "[0-9]+";
      input.title = `a whole number (${type})`;
    } else {
      input.required = false;
      input.title = "a text";
    }
  }
  input.id = id;
  input.name = name;
  return element("p", [label, input]);
}

/** The value of an input as JSON. Numbers stay digits, so that none are lost. */
function value(input, type) {
  if (type === "bool") return input.value;
  return /^[ui](8|16|32|64)$/.test(type) ? input.value.trim() : JSON.stringify(input.value);
}

function object(form, fields) {
  const members = fields.map(
    ({ name, type }) => `${JSON.stringify(name)}:${value(form.elements.namedItem(name), type)}`);
  return `{${members.join(",")}}`;
}

const chosen = (select, definitions) => definitions.find(({ name }) => name === select.value);
const command = () => chosen($("command-name"), schema.commands);
const record = () => chosen($("record-name"), schema.records);

function keyFields() {
  const { pkFields, fields } = record();
  return pkFields.map((key) => fields.find(({ name }) => name === key));
}

function makeCommandForm() {
  $("fields").replaceChildren(...(command()?.fields ?? []).map((each) => field("command", each)));
}

function makeSearchForm() {
  $("key-fields").replaceChildren(...keyFields().map((each) => field("key", each)));
}

$("command-name").addEventListener("change", makeCommandForm);
$("record-name").addEventListener("change", () => {
  makeSearchForm();
  loadPage(1);
});

$("command").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const name = JSON.stringify(command().name);
  const body = `{"command":${name},"payload":${object(form, command().fields)}}`;
  button.disabled = true;
  try {
    // The key makes the retry of a request whose answer was lost safe.
    const headers = { "Content-Type": "application/json", "Idempotency-Key": newKey() };
    const send = () => request("/commands", { method: "POST", headers, body });
    const response = await send().catch(send);
    const answer = parse(await response.text());
    showOutcome(answer, response.ok);
    await Promise.all([loadPage(page.from), refreshStatus()]);
  } catch (error) {
    showOutcome({ detail: error.message }, false);
  }
  button.disabled = false;
});

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function showOutcome(answer, isAnswered) {
  const isGood = isAnswered && answer.status === "committed";
  const text = !isAnswered ? answer.detail
    : isGood ? `Committed as ${answer.tx_seq}, with ${answer.events.length} events`
    : `${answer.status}: ${answer.error?.message ?? ""}`;
  $("outcome").textContent = text;
  $("outcome").className = isGood ? "good" : "bad";
}

$("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (keyFields().length === 0) {
    $("records-note").textContent = "This record has no key.";
    return;
  }
  const key = encodeURIComponent(object(event.target, keyFields()));
  try {
    showRecords([await json(`${recordPath()}?key=${key}`)]);
    $("records-note").textContent = "One record found.";
  } catch (error) {
    showRecords([]);
    $("records-note").textContent = error.message;
  }
  $("next").disabled = true;
});

$("all").addEventListener("click", () => loadPage(1));
$("first").addEventListener("click", () => loadPage(1));
$("next").addEventListener("click", () => loadPage(page.next));

const recordPath = () => `/records/${encodeURIComponent(record().name)}`;

async function loadPage(from) {
  if (!record()) return;
  try {
    const found = await json(`${recordPath()}?from=${from}&limit=${PAGE}`);
    page = { from, next: found.next };
    showRecords(found.records);
    $("records-note").textContent =
      `${found.records.length} of ${found.total} records, as of entry ${found.entry}`;
    $("next").disabled = found.next === null;
    $("first").disabled = from === 1;
  } catch (error) {
    $("records-note").textContent = error.message;
  }
}

function showRecords(records) {
  const fields = record().fields;
  const numeric = (type) => (/^[ui]\d+$/.test(type) ? "number" : "");
  const heads = fields.map(({ name, type }) => element("th", name, numeric(type)));
  $("record-head").replaceChildren(element("tr", [element("th", "sys_id", "number"), ...heads]));
  $("record-rows").replaceChildren(...records.map(({ sys_id, data, malformed }) => {
    const cells = data
      ? fields.map(({ name, type }) => element("td", show(data[name]), numeric(type)))
      : [element("td", show(malformed), "bad")];
    return element("tr", [element("td", show(sys_id), "number"), ...cells]);
  }));
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  setToken($("token").value);
  start();
});

whenRefused(showLogin);
start();

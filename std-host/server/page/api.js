// Requests with the token, answers without lost digits, and elements.

export const $ = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token") ?? "";
let refused = () => {};

export const hasToken = () => token !== "";

export function setToken(text) {
  token = text;
  sessionStorage.setItem("token", text);
}

/** Calls a function with a text when the server does not accept the token. */
export function whenRefused(callback) {
  refused = callback;
}

/** An element with text or children. Foreign text never becomes markup. */
export function element(name, content = [], className = "") {
  const made = document.createElement(name);
  made.append(...[content].flat());
  if (className) made.className = className;
  return made;
}

export async function request(path, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) refused(token ? "The server does not accept this token." : "");
  return response;
}

export async function json(path) {
  const response = await request(path);
  // Numbers of 64 bits would lose digits, so whole numbers are kept as texts.
  const value = parse(await response.text());
  if (!response.ok) throw new Error(value.detail ?? response.statusText);
  return value;
}

export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context && !Number.isSafeInteger(value) ? context.source : value);
}

export function show(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

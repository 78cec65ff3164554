// Uses the page in a headless browser: node tests/page.mjs URL FOLDER [TOKEN]
//
// The server at URL runs the bank. Screenshots go to FOLDER. PLAYWRIGHT is the path of
// playwright-core, CHROMIUM the program, and REPLICAS the number of replicas that are to be shown.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [url, folder, token] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT ?? "playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

try {
  await usesThePage();
  await worksByKeyboard();
  for (const width of [360, 820, 1440]) {
    for (const colorScheme of ["light", "dark"]) await takesAPicture(width, colorScheme);
  }
} finally {
  await browser.close();
}

/** Opens the page, and fails on errors in the console and on requests to other places. */
async function open(options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const errors = [];
  page.on("console", (message) => {
    // Without its token the page is refused, and asks for it. A key that is searched may not exist.
    const isExpected = /status of (401|404)/.test(message.text());
    if (message.type() === "error" && !isExpected) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) errors.push(`request to ${request.url()}`);
  });
  const response = await page.goto(url);
  assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
  if (token) {
    await page.fill("#token", "wrong-wrong-wrong-wrong");
    await page.click("#login button");
    await page.waitForFunction(() => document.querySelector("#login-error").textContent !== "");
    await page.fill("#token", token);
    await page.click("#login button");
  }
  await page.waitForSelector("#health.good");
  await page.waitForFunction(() => document.querySelector("#live-note").textContent === "connected");
  return { page, close: async () => { await page.close(); assert.deepEqual(errors, []); } };
}

async function usesThePage() {
  const { page, close } = await open();
  const replicas = Number(process.env.REPLICAS ?? 0);
  await page.waitForFunction(
    (number) => document.querySelectorAll("#replica-rows tr").length === number, replicas);
  assert.equal(await page.isVisible("#replicas"), replicas > 0);
  if (replicas > 0) {
    assert.match(await page.textContent("#replicas-note"), /messages behind/);
    assert.equal(await page.locator("#replica-rows .bad").count(), 0);
  }
  await page.selectOption("#command-name", "Deposit");
  await page.fill("#command-account_id", "9007199254740993");
  await page.fill("#command-amount", "250");
  await page.click("#command button");
  await page.waitForSelector("#outcome.good");
  assert.match(await page.textContent("#outcome"), /^Committed as \d+, with 2 events$/);

  await page.waitForFunction(() => /Deposit.*9007199254740993/s.test(
    document.querySelector("#entries tr")?.textContent));
  await page.waitForFunction(
    () => document.querySelector("#record-rows").textContent.includes("9007199254740993"));

  await page.fill("#key-account_id", "9007199254740993");
  await page.click("#search button:not([type])");
  await page.waitForFunction(
    () => document.querySelector("#records-note").textContent === "One record found.");
  assert.equal(await page.locator("#record-rows tr").count(), 1);
  await page.fill("#key-account_id", "404");
  await page.click("#search button:not([type])");
  await page.waitForFunction(
    () => document.querySelector("#records-note").textContent.includes("no such record"));

  await page.selectOption("#command-name", "Withdraw");
  await page.fill("#command-account_id", "404");
  await page.fill("#command-amount", "1");
  await page.click("#command button");
  await page.waitForSelector("#outcome.bad");
  assert.match(await page.textContent("#outcome"), /^rejected: /);
  await close();
}

/** Sends a command without a mouse, and sees where the focus is. */
async function worksByKeyboard() {
  const { page, close } = await open();
  if (!token) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  }
  const reached = new Set();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    const { id, outline } = await page.evaluate(() => ({
      id: document.activeElement.id,
      outline: getComputedStyle(document.activeElement).outlineStyle,
    }));
    if (id) assert.notEqual(outline, "none", `the focus on ${id} cannot be seen`);
    reached.add(id);
    if (id === "command-account_id") await page.keyboard.type("7");
    if (id === "command-amount") {
      await page.keyboard.type("70");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#outcome.good");
    }
  }
  for (const id of ["command-name", "record-name", "key-account_id", "all", "pause"]) {
    assert(reached.has(id), `${id} is not reached with the keyboard`);
  }
  await close();
}

async function takesAPicture(width, colorScheme) {
  const { page, close } = await open({ viewport: { width, height: 900 }, colorScheme });
  await page.selectOption("#command-name", "Deposit");
  await page.fill("#command-account_id", "12");
  await page.fill("#command-amount", String(width));
  await page.click("#command button");
  await page.waitForSelector("#entries tr");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, `the page is wider than ${width} pixels`);
  await page.screenshot({ path: `${folder}/${width}-${colorScheme}.png`, fullPage: true });
  await close();
}

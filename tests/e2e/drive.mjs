// Opens stage and console page of a running show in one Chromium, watches for a while, presses a few things, and
// prints what it saw as one JSON object.  node drive.mjs STAGE CONSOLE FOLDER SECONDS BROWSER
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(import.meta.dirname, "../../stage/web/package.json"));
const { chromium } = require("playwright-core");
const [stageUrl, consoleUrl, folder, seconds, browserPath] = process.argv.slice(2);

const flags = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run"];
flags.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
flags.push("--autoplay-policy=no-user-gesture-required", "--disable-renderer-backgrounding");
flags.push("--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows");
if (process.getuid?.() === 0) flags.push("--no-sandbox");

// How long something that must come is waited for; only a broken show takes this long, however slow the machine.
const PATIENCE_MS = 120_000;
/** Waits until `test()` holds in the page; fails with what was waited for. */
async function until(page, test, what) {
  await page.waitForFunction(test, null, { timeout: PATIENCE_MS, polling: 50 }).catch((error) => {
    throw new Error(`${what}: ${error.message}`);
  });
}
/** Media time of a stage that stands: the same in five looks, each a picture or more after the last. */
async function standing(page) {
  const began = Date.now();
  let same = 0;
  let last = Number.NaN;
  while (same < 5 && Date.now() - began < PATIENCE_MS) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.waitForTimeout(100);
    const media = await page.evaluate(() => window.__nichang.media);
    same = media === last ? same + 1 : 0;
    last = media;
  }
  return same < 5 ? null : last;
}

const seen = { errors: [], samples: [], console: {} };
const browser = await chromium.launch({ executablePath: browserPath, args: flags });
try {
  const context = await browser.newContext({ viewport: { width: 640, height: 360 } });
  const watch = (page, name) => {
    page.on("console", (message) => message.type() === "error" && seen.errors.push(`${name}: ${message.text()}`));
    page.on("pageerror", (error) => seen.errors.push(`${name}: ${error.message}`));
    page.on("response", (answer) => answer.status() >= 400 && seen.errors.push(`${name}: ${answer.status()} ${answer.url()}`));
  };
  const desk = await context.newPage();
  watch(desk, "console");
  await desk.setViewportSize({ width: 1280, height: 800 });
  await desk.goto(consoleUrl);
  const stage = await context.newPage();
  watch(stage, "stage");
  await stage.goto(stageUrl);
  await stage.waitForFunction(() => window.__nichang?.ready && window.__nichang.frame > 0, null, { timeout: PATIENCE_MS });
  // From the top, now that both pages are there.
  await desk.getByRole("button", { name: /stop/i }).first().click();
  await until(desk, () => document.body.innerText.includes("Stopped"), "the console says that it stopped");
  await desk.getByRole("button", { name: /play|start/i }).first().click();
  await stage.bringToFront();
  await until(stage, () => window.__nichang.media > 0.1 && window.__nichang.media < 8, "the song runs from its start");
  const began = Date.now();
  let pictures = 0;
  while (Date.now() - began < Number(seconds) * 1000) {
    seen.samples.push(await stage.evaluate(() => ({ ...window.__nichang })));
    if (pictures < 4 && Date.now() - began > (pictures + 0.5) * (Number(seconds) / 4) * 1000) {
      await stage.screenshot({ path: `${folder}/stage-${pictures}.png` });
      pictures += 1;
    }
    await stage.waitForTimeout(60);
  }
  await desk.bringToFront();
  await until(desk, () => /Playing|Ended/.test(document.body.innerText), "the console says that it plays");
  await desk.screenshot({ path: `${folder}/console.png` });
  seen.console.text = await desk.evaluate(() => document.body.innerText);
  await desk.getByRole("button", { name: /pause/i }).first().click();
  await until(desk, () => document.body.innerText.includes("Paused"), "the console says that it pauses");
  await stage.bringToFront();
  seen.pausedAt = await standing(stage);
  // A second stage page that comes late shows the same moment.
  const late = await context.newPage();
  watch(late, "late stage");
  await late.goto(stageUrl.split("#")[0]);
  await until(late, () => window.__nichang?.ready && window.__nichang.frame > 0, "the second stage page shows the show");
  seen.latePausedAt = await standing(late);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

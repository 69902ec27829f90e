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
  await stage.waitForFunction(() => window.__nichang?.ready && window.__nichang.frame > 0, null, { timeout: 60_000 });
  // From the top, now that both pages are there.
  await desk.getByRole("button", { name: /stop/i }).first().click();
  await desk.waitForTimeout(600);
  await desk.getByRole("button", { name: /play|start/i }).first().click();
  await stage.bringToFront();
  await stage.waitForTimeout(700);
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
  await desk.waitForTimeout(500);
  await desk.screenshot({ path: `${folder}/console.png` });
  seen.console.text = await desk.evaluate(() => document.body.innerText);
  await desk.getByRole("button", { name: /pause/i }).first().click();
  await desk.waitForTimeout(800);
  seen.console.paused = await desk.evaluate(() => document.body.innerText);
  // A busy machine needs a while until the pause has reached the picture; then it must stand for a good while.
  const limit = Date.now() + 30_000;
  do {
    const still = await stage.evaluate(() => window.__nichang.media);
    await stage.waitForTimeout(1500);
    seen.mediaWhilePaused = [still, await stage.evaluate(() => window.__nichang.media)];
  } while (seen.mediaWhilePaused[0] !== seen.mediaWhilePaused[1] && Date.now() < limit);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

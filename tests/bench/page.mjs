// Opens the stage page of a running show and notes every picture.  node page.mjs STAGE SECONDS BROWSER WIDTH HEIGHT
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(import.meta.dirname, "../../stage/web/package.json"));
const { chromium } = require("playwright-core");
const [url, seconds, browserPath, width, height] = process.argv.slice(2);
const flags = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run"];
flags.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
flags.push("--autoplay-policy=no-user-gesture-required");
if (process.getuid?.() === 0) flags.push("--no-sandbox");
const browser = await chromium.launch({ executablePath: browserPath, args: flags });
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  await page.goto(url);
  await page.waitForFunction(() => window.__nichang?.ready && window.__nichang.frame > 0, null, { timeout: 60_000 });
  // Shaders and models are warm after this.
  await page.waitForTimeout(4000);
  const pictures = await page.evaluate(async (milliseconds) => {
    const rows = [];
    const began = performance.now();
    await new Promise((done) => {
      const look = () => {
        const p = window.__nichang;
        rows.push([performance.now() / 1000, p.media, p.heard, p.mouth, p.fps]);
        if (performance.now() - began < milliseconds) requestAnimationFrame(look);
        else done();
      };
      requestAnimationFrame(look);
    });
    return rows;
  }, Number(seconds) * 1000);
  const { quality, errors } = await page.evaluate(() => ({ ...window.__nichang }));
  console.log(JSON.stringify({ pictures, quality, errors }));
} finally {
  await browser.close();
}

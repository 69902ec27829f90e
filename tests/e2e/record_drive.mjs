// Records one line on the record page in a Chromium whose microphone is a file, and prints what it saw as one JSON
// object.  node record_drive.mjs PAGE SOUND FOLDER BROWSER
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(import.meta.dirname, "../../stage/web/package.json"));
const { chromium } = require("playwright-core");
const [url, sound, folder, browserPath] = process.argv.slice(2);

const flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${sound}`];
flags.push("--autoplay-policy=no-user-gesture-required", "--disable-gpu", "--disable-quic", "--no-first-run");
if (process.getuid?.() === 0) flags.push("--no-sandbox");
// How long something that must come is waited for; only a broken page takes this long, however slow the machine.
const PATIENCE_MS = 120_000;
const QUIET_LUFS = -55;

const seen = { errors: [], verdicts: [] };
const browser = await chromium.launch({ executablePath: browserPath, args: flags });
try {
  const page = await (await browser.newContext({ viewport: { width: 1180, height: 760 } })).newPage();
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("response", (answer) => answer.status() >= 400 && seen.errors.push(`${answer.status()} ${answer.url()}`));
  page.on("request", (request) => new URL(request.url()).hostname === "127.0.0.1" || /^(data|blob):/.test(request.url()) || seen.errors.push(`asks ${request.url()}`));
  await page.goto(url);
  seen.hash = await page.evaluate(() => location.hash);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".phrase", { timeout: PATIENCE_MS });
  seen.first = await page.locator(".text").innerText();
  const level = () => page.evaluate(() => Number(document.querySelector("[role=meter]")?.getAttribute("aria-valuenow")));
  for (let attempt = 0; attempt < 4; attempt++) {
    // The file goes round and round: as a person would, begin while it is quiet after the voice.
    const began = Date.now();
    let heard = false;
    while (Date.now() - began < PATIENCE_MS) {
      const now = await level();
      if (now > QUIET_LUFS) heard = true;
      else if (heard && now > -119) break;
      await page.waitForTimeout(30);
    }
    await page.keyboard.press("Enter");
    await page.waitForSelector(".phrase.taking", { timeout: PATIENCE_MS });
    if (attempt === 0) await page.screenshot({ path: `${folder}/taking.png` });
    await page.waitForSelector(".phrase.ready", { timeout: PATIENCE_MS });
    seen.verdicts.push(await page.locator(".verdict").innerText());
    if (await page.locator(".verdict.good").count()) break;
  }
  await page.screenshot({ path: `${folder}/judged.png` });
  seen.second = await page.locator(".text").innerText();
  await page.keyboard.press("p");
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((one) => one.innerText.startsWith("Stop")), null, { timeout: PATIENCE_MS });
  await page.keyboard.press("p");
  await page.waitForFunction(() => [...document.querySelectorAll("button")].some((one) => one.innerText.startsWith("Play")), null, { timeout: PATIENCE_MS });
  await page.keyboard.press("b");
  await page.waitForSelector(".mark.good", { timeout: PATIENCE_MS });
  seen.foot = await page.locator("footer p").innerText();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

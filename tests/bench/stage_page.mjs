// Watches the stage page of a running show: pictures a second, quality, draw calls, texture memory, JavaScript heap.
// node stage_page.mjs STAGE SECONDS BROWSER WIDTH HEIGHT     SECONDS 0: only until the song runs
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(import.meta.dirname, "../../stage/web/package.json"));
const { chromium } = require("playwright-core");
const [url, seconds, browserPath, width, height] = process.argv.slice(2);
const flags = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run"];
flags.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
flags.push("--autoplay-policy=no-user-gesture-required");
if (process.getuid?.() === 0) flags.push("--no-sandbox");

/** Counts in the page what WebGL is asked for; runs before the page's own code. */
function count() {
  const seen = { draws: 0, bytes: 0 };
  window.__gl = seen;
  const sizes = new WeakMap();
  const bound = new Map();
  const gl = WebGL2RenderingContext.prototype;
  // Bytes a pixel by internal format; what is not named counts as RGBA8.
  const wide = { 0x8058: 4, 0x8c43: 4, 0x881a: 8, 0x8814: 16, 0x8229: 1, 0x822b: 2, 0x81a5: 2, 0x81a6: 4, 0x88f0: 4, 0x8cac: 4 };
  const wrap = (name, before) => {
    const real = gl[name];
    gl[name] = function (...args) {
      before.call(this, args);
      return real.apply(this, args);
    };
  };
  const place = (target) => (target >= 0x8515 && target <= 0x851a ? 0x8513 : target);
  const take = (target, level, bytes) => {
    const texture = bound.get(place(target));
    if (!texture) return;
    const levels = sizes.get(texture) ?? new Map();
    seen.bytes += bytes - (levels.get(`${target}:${level}`) ?? 0);
    levels.set(`${target}:${level}`, bytes);
    sizes.set(texture, levels);
  };
  wrap("bindTexture", ([target, texture]) => bound.set(target, texture));
  wrap("texImage2D", (args) => {
    const [target, level, format] = args;
    const source = args.length <= 6 ? args[5] : null;
    const [w, h] = source ? [source.videoWidth ?? source.width, source.videoHeight ?? source.height] : [args[3], args[4]];
    take(target, level, (w || 0) * (h || 0) * (wide[format] ?? 4));
  });
  wrap("texStorage2D", ([target, levels, format, w, h]) => {
    for (let level = 0; level < levels; level++)
      take(target, level, Math.max(1, w >> level) * Math.max(1, h >> level) * (wide[format] ?? 4));
  });
  wrap("texStorage3D", ([target, levels, format, w, h, d]) => {
    for (let level = 0; level < levels; level++)
      take(target, level, Math.max(1, w >> level) * Math.max(1, h >> level) * d * (wide[format] ?? 4));
  });
  wrap("generateMipmap", ([target]) => {
    const texture = bound.get(target);
    const base = texture && sizes.get(texture)?.get(`${target}:0`);
    if (base) take(target, "mips", base / 3);
  });
  wrap("deleteTexture", ([texture]) => {
    for (const bytes of sizes.get(texture)?.values() ?? []) seen.bytes -= bytes;
    sizes.delete(texture);
  });
  for (const name of ["drawElements", "drawArrays", "drawElementsInstanced", "drawArraysInstanced"])
    wrap(name, () => (seen.draws += 1));
}

const browser = await chromium.launch({ executablePath: browserPath, args: flags });
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  await page.addInitScript(count);
  const opened = Date.now();
  await page.goto(url);
  await page.waitForFunction(() => window.__nichang?.ready && window.__nichang.frame > 0, null, { timeout: 120_000 });
  const firstAt = Date.now() / 1000;
  const first = firstAt - opened / 1000;
  // The title, the first word: what a person came for. On the stage before it media time stands still or is no song's.
  const sings = () => window.__nichang.song >= 0 && window.__nichang.media > 0;
  await page.waitForFunction(sings, null, { timeout: 120_000 });
  const { media, errors: faults } = await page.evaluate(() => ({ ...window.__nichang }));
  const songAt = Date.now() / 1000;
  if (Number(seconds) === 0) {
    console.log(JSON.stringify({ first, firstAt, songAt, songFrom: media, errors: faults }));
    await browser.close();
    process.exit(0);
  }
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  // Shaders and models are warm after this.
  await page.waitForTimeout(5000);
  const heaps = [await heap()];
  const rows = [];
  const began = Date.now();
  while (Date.now() - began < Number(seconds) * 1000) {
    const piece = Math.min(20_000, Number(seconds) * 1000 - (Date.now() - began) + 50);
    rows.push(
      ...(await page.evaluate(async (milliseconds) => {
        const found = [];
        const start = performance.now();
        await new Promise((done) => {
          let before = window.__gl.draws;
          const look = () => {
            const p = window.__nichang;
            found.push([performance.now() / 1000, p.media, window.__gl.draws - before]);
            before = window.__gl.draws;
            if (performance.now() - start < milliseconds) requestAnimationFrame(look);
            else done();
          };
          requestAnimationFrame(look);
        });
        return found;
      }, piece)),
    );
    heaps.push(await heap());
  }
  const { quality, errors } = await page.evaluate(() => ({ ...window.__nichang }));
  const bytes = await page.evaluate(() => window.__gl.bytes);
  console.log(JSON.stringify({ first, firstAt, rows, heaps, quality, errors, textures_mb: bytes / 1e6 }));
} finally {
  await browser.close();
}

// Bundles actor_page.ts and runs it in a Chromium.  node actor.mjs JOB.json   (job: browser, folder, cases, width, height, rounds)
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const web = resolve(import.meta.dirname, "../../stage/web");
const require = createRequire(join(web, "package.json"));
const { chromium } = require("playwright-core");
const { build } = await import(join(web, "node_modules/vite/dist/node/index.js"));
const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
await build({
  configFile: false,
  root: web,
  logLevel: "error",
  publicDir: false,
  resolve: { alias: { three: join(web, "node_modules/three"), "@pixiv/three-vrm": join(web, "node_modules/@pixiv/three-vrm") } },
  build: {
    outDir: job.folder,
    emptyOutDir: false,
    target: "chrome120",
    chunkSizeWarningLimit: 5000,
    lib: { entry: join(import.meta.dirname, "actor_page.ts"), formats: ["es"], fileName: () => "actor.js" },
  },
});
writeFileSync(join(job.folder, "index.html"), '<!doctype html><script type="module" src="/actor.js"></script>');
const flags = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run"];
flags.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
if (process.getuid?.() === 0) flags.push("--no-sandbox");
const browser = await chromium.launch({ executablePath: job.browser, args: flags });
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.route("http://actor/**", (route) => {
    const path = new URL(route.request().url()).pathname;
    const model = /^\/model-(\d+)\.vrm$/.exec(path);
    if (model) return route.fulfill({ path: job.cases[Number(model[1])].file, contentType: "model/gltf-binary" });
    const type = path.endsWith(".js") ? "text/javascript" : "text/html";
    return route.fulfill({ path: join(job.folder, path === "/" ? "index.html" : path.slice(1)), contentType: type });
  });
  await page.goto("http://actor/");
  await page.waitForFunction(() => window.measure, null, { timeout: 60_000 });
  const cases = job.cases.map((c, i) => ({ name: c.name, url: `/model-${i}.vrm`, quality: c.quality }));
  const seen = await page.evaluate(([a, w, h, r]) => window.measure(a, w, h, r), [cases, job.width, job.height, job.rounds]);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

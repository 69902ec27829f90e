// Draws an avatar with three-vrm from given views.  node look.mjs JOB.json   (job: model, views, width, height, browser,
// folder, background, outline; writes folder/000.png ..., prints what three-vrm said and what was counted)
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const web = resolve(import.meta.dirname, "../../stage/web");
const { chromium } = createRequire(join(web, "package.json"))("playwright-core");
const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const flags = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run"];
flags.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
if (process.getuid?.() === 0) flags.push("--no-sandbox");
const html = `<!doctype html><style>body{margin:0}canvas{display:block}</style><script type="importmap">{"imports":{
"three":"/m/three/build/three.module.js","three/addons/":"/m/three/examples/jsm/",
"@pixiv/three-vrm":"/m/@pixiv/three-vrm/lib/three-vrm.module.js"}}</script>
<script type="module" src="/page.js"></script>`;
const browser = await chromium.launch({ executablePath: job.browser, args: flags });
const said = [];
try {
  const page = await browser.newPage({ viewport: { width: job.width, height: job.height } });
  const noise = /GPU stall|GL Driver Message|\[\.WebGL/;
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type()) && !noise.test(message.text())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  await page.route("http://look/**", (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname);
    if (path === "/") return route.fulfill({ contentType: "text/html", body: html });
    if (path === "/page.js") return route.fulfill({ path: join(import.meta.dirname, "look_page.js"), contentType: "text/javascript" });
    if (path === "/model.vrm") return route.fulfill({ path: job.model, contentType: "model/gltf-binary" });
    if (path.startsWith("/m/")) return route.fulfill({ path: join(web, "node_modules", path.slice(3)), contentType: "text/javascript" });
    return route.fulfill({ status: 204 });
  });
  await page.goto("http://look/");
  await page.waitForFunction(() => window.look, null, { timeout: 60_000 });
  const info = await page.evaluate((options) => window.look.load(options), { background: job.background, outline: job.outline });
  for (const [i, view] of job.views.entries()) {
    await page.evaluate((v) => window.look.show(v), view);
    await page.screenshot({ path: join(job.folder, `${String(i).padStart(3, "0")}.png`) });
  }
  console.log(JSON.stringify({ ...info, said }));
} finally {
  await browser.close();
}

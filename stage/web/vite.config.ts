import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

// One entry per page; the server hands them out under /stage, /console, /render and /record.
const pages = ["stage", "console", "render", "record"].filter((page) => existsSync(resolve(import.meta.dirname, `${page}.html`)));

export default defineConfig({
  base: "./",
  build: {
    // OBS ships Chromium 127 in 2026; 120 leaves it some room.
    target: "chrome120",
    outDir: "dist",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: Object.fromEntries(pages.map((page) => [page, resolve(import.meta.dirname, `${page}.html`)])) },
  },
  // Tests live under tests/stage/web, beside the Python ones.
  test: { root: resolve(import.meta.dirname, "../.."), include: ["tests/stage/web/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);

// One page with hashed files beside it, built into the Python package, which serves it.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  base: "/page/",
  build: {
    outDir: "../src/openline/faces/console/page",
    emptyOutDir: true,
    assetsDir: ".",
    // Nothing is written into the page itself: the content security policy allows no inline part.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
  },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
});

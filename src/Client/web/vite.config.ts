import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  build: {
    target: 'es2022',
    // The page's policy forbids data: scripts and styles; small assets stay files too.
    assetsInlineLimit: 0,
    // MapLibre alone is about 1 MB.
    chunkSizeWarningLimit: 1600,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
  },
});

import { defineConfig } from 'vite';
import { slimSurveyJs } from './slim-surveyjs.js';

/** Builds what a respondent's browser gets: `npx vite build -c src/web/vite.config.js` → `dist/web/`. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [slimSurveyJs()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    // Plain aliases: SurveyJS's React renderer runs on preact, which is a tenth of React's size.
    alias: [
      { find: /^react$/, replacement: 'preact/compat' },
      { find: /^react-dom$/, replacement: 'preact/compat' },
    ],
  },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    target: ['chrome91', 'firefox90', 'safari15'],
    cssTarget: ['chrome91', 'firefox90', 'safari15'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: [
        'respond/respond.tsx',
        'respond/start.ts',
        'respond/mine.ts',
        'respond/plain.css',
        'console/staff.ts',
        'server/staff.css',
      ],
    },
  },
});

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

// GraphiQL brings its fonts as 270 KB of data: addresses; the machine's own do.
const withoutFonts: Plugin = {
  name: 'without-fonts',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith('graphiql/dist/style.css') ? code.replace(/@font-face\s*{[^}]*}/g, '') : null),
}

const server = process.env.HEXBEAT_URL ?? 'http://localhost:8090'

// The page must work from the binary alone: no inline script (CSP), no data: assets, the same bytes on each build.
export default defineConfig({
  plugins: [svelte(), withoutFonts],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: ['index.html', 'm.html', 'explore.html'],
      onLog(level, log, say) {
        // GraphiQL's libraries mark files for a server that we do not have.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') say(level, log)
      },
    },
  },
  // `npm run dev` asks the server at HEXBEAT_URL; `vite preview` too.
  server: {
    proxy: { '/graphql': { target: server, ws: true }, '/tiles': server },
  },
})

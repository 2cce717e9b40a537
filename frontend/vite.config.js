// Builds what browsers get: from src/ into comanda/web/static/built/, with a manifest that Django reads.

import {readdirSync, readFileSync} from "node:fs"
import purge from "@fullhuman/postcss-purgecss"
import {defineConfig} from "vite"

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8")
const files = (folder, ending) =>
  readdirSync(new URL(folder, import.meta.url), {recursive: true})
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
const pages = [...files("../comanda/web", ".html"), ...files("../comanda/web", ".py")]

// Every icon that a template names as {% icon "name" %}, or Python as icon="name", as one JSON file:
// {"name": "<path …/>"}. The tag `icon` of comanda/web puts it into the page.
function icons() {
  return {
    name: "icons",
    generateBundle() {
      const names = new Set()
      for (const page of pages) {
        for (const [, name] of read(page).matchAll(/\bicon[ =]"([a-z0-9-]+)"/g)) names.add(name)
      }
      const drawn = {}
      for (const name of [...names].sort()) {
        const svg = read(`node_modules/@tabler/icons/icons/outline/${name}.svg`)
        drawn[name] = svg.replace(/^[^]*?<svg[^>]*>\s*|\s*<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "")
      }
      this.emitFile({type: "asset", fileName: "icons.json", source: JSON.stringify(drawn)})
    },
  }
}

export default defineConfig({
  base: "/static/built/",
  plugins: [icons()],
  css: {
    postcss: {
      plugins: [
        purge({
          content: [
            ...pages,
            ...files("src", ".js"),
            ...files("node_modules/bootstrap/js/dist", ".js"),
          ],
          safelist: {
            standard: [/^htmx-/, /^leaflet-/, /^is-/, /^was-validated$/],
            greedy: [/data-bs-theme/],
          },
          variables: false,
        }),
      ],
    },
  },
  build: {
    outDir: "../comanda/web/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    rollupOptions: {
      input: readdirSync(new URL("src", import.meta.url))
        .filter((name) => name.endsWith(".js"))
        .map((name) => `src/${name}`),
    },
  },
})

// Before anything is drawn: light or dark, as chosen, else as the system has it.
(() => {
  const chosen = localStorage.getItem("theme")
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const root = document.documentElement
  const show = () => {
    const theme = localStorage.getItem("theme") ?? "auto"
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme
    root.dataset.theme = theme
  }
  if (chosen && !["light", "dark", "auto"].includes(chosen)) localStorage.removeItem("theme")
  dark.addEventListener("change", show)
  addEventListener("storage", show)
  addEventListener("theme-chosen", show)
  show()
})()

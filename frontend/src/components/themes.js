// The choice of light, dark or what the system has; theme.js shows it.
export const themes = () => ({
  init() { this.mark() },
  choose(event) {
    localStorage.setItem("theme", event.currentTarget.value)
    dispatchEvent(new Event("theme-chosen"))
    this.mark()
  },
  mark() {
    const theme = localStorage.getItem("theme") ?? "auto"
    for (const button of this.$root.querySelectorAll("button[value]")) {
      button.setAttribute("aria-pressed", String(button.value === theme))
    }
  },
})

// The search of the header: results come by htmx; arrow keys go through them, Escape closes.
export const search = () => ({
  isOpen: false,
  open() { this.isOpen = Boolean(this.$root.querySelector("input").value.trim()) },
  close() { this.isOpen = false },
  leave(event) { if (!this.$root.contains(event.relatedTarget)) this.isOpen = false },
  links() { return [...this.$root.querySelectorAll("[data-results] a")] },
  down() { this.step(1) },
  up() { this.step(-1) },
  step(by) {
    const links = this.links()
    const at = links.indexOf(document.activeElement)
    const next = at + by
    if (next < 0) this.$root.querySelector("input").focus()
    else links[Math.min(next, links.length - 1)]?.focus()
  },
})

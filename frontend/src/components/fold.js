// Something that opens and closes. What it holds may be fetched when it first opens: hx-trigger="unfold once".
export const fold = () => ({
  isOpen: false,
  init() { this.isOpen = Boolean(this.$root.querySelector("[data-open]")) },
  toggle(event) {
    if (event.target.closest("a[href]:not([x-on\\:click\\.prevent])")) return
    this.isOpen = !this.isOpen
    this.$root.dispatchEvent(new CustomEvent("unfold"))
  },
  get expanded() { return String(this.isOpen) },
})

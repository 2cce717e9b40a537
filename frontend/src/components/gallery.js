// The gallery of platforms: narrowed as someone types, gone through with the arrow keys.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()

export const gallery = () => ({
  cards() { return [...this.$root.querySelectorAll("[data-words]")] },
  links() { return this.cards().filter((card) => !card.hidden).map((card) => card.querySelector("a")) },
  init() { this.$root.addEventListener("keydown", (event) => this.move(event)) },
  narrow(event) {
    const sought = plain(event.target.value).split(/\s+/).filter(Boolean)
    for (const card of this.cards()) {
      card.hidden = !sought.every((word) => plain(card.dataset.words).includes(word))
    }
    for (const heading of this.$root.querySelectorAll("[data-heading]")) {
      heading.hidden = ![...heading.nextElementSibling.children].some((card) => !card.hidden)
    }
    this.$root.querySelector("[data-none]").hidden = this.links().length > 0
  },
  move(event) {
    const field = this.$root.querySelector("input")
    const links = this.links()
    const at = links.indexOf(document.activeElement)
    const isTyping = event.target === field
    if (event.key === "Enter" && isTyping && links.length) links[0].click()
    else if (event.key === "ArrowDown" || (event.key === "ArrowRight" && !isTyping)) links[Math.min(at + 1, links.length - 1)]?.focus()
    else if ((event.key === "ArrowUp" || event.key === "ArrowLeft") && !isTyping) (links[at - 1] ?? field).focus()
    else return
    event.preventDefault()
  },
})

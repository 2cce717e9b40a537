// A button that copies the text of its neighbour [data-copied], and says so for a moment.
export const copier = () => ({
  done: false,
  async copy() {
    const source = this.$root.querySelector("[data-copied]")
    await navigator.clipboard.writeText(source.value ?? source.textContent)
    this.done = true
    setTimeout(() => { this.done = false }, 2000)
  },
  get isDone() { return this.done },
  get isReady() { return !this.done },
})

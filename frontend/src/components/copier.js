// A button that copies the text of its neighbour [data-copied], and says so for a moment.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  // Without https browsers have no clipboard but this one.
  const field = document.createElement("textarea")
  field.value = text
  document.body.append(field)
  field.select()
  document.execCommand("copy")
  field.remove()
}

export const copier = () => ({
  done: false,
  async copy() {
    const source = this.$root.querySelector("[data-copied]")
    await write(source.value ?? source.textContent)
    this.done = true
    setTimeout(() => { this.done = false }, 2000)
  },
  get isDone() { return this.done },
  get isReady() { return !this.done },
})

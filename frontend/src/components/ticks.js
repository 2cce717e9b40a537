// Rows to tick: the box of the head ticks all, the bar [data-bulk] shows while any is ticked, with how many.
export const ticks = () => ({
  count: 0,
  init() { this.recount() },
  boxes() { return [...this.$root.querySelectorAll("tbody input[type=checkbox]")] },
  all(event) {
    for (const box of this.boxes()) box.checked = event.target.checked
    this.recount()
  },
  none() {
    for (const box of this.boxes()) box.checked = false
    this.recount()
  },
  recount() {
    const boxes = this.boxes()
    this.count = boxes.filter((box) => box.checked).length
    const head = this.$root.querySelector("thead input[type=checkbox]")
    if (head) {
      head.checked = boxes.length > 0 && this.count === boxes.length
      head.indeterminate = this.count > 0 && this.count < boxes.length
    }
  },
  get isAny() { return this.count > 0 },
})

// Where the keyboard is: back where it was after a dialog, and in the part of the page that took the place of the
// one it was in, where that part says so: data-keeps-focus.
// There at the first field that is wrong, if one is.

const FIELDS = "input:not([type=hidden]), textarea, select"

function enter(part) {
  const found = part.querySelector(".is-invalid") ?? part.querySelector(FIELDS) ?? part.querySelector("a[href], button")
  found?.focus()
}

export function keepFocus() {
  let before = null
  document.addEventListener("show.bs.modal", () => { before = document.activeElement })
  document.addEventListener("hidden.bs.modal", (event) => {
    const at = document.activeElement
    if (before?.isConnected && (at === document.body || event.target.contains(at))) before.focus()
    before = null
  })
  let held = ""
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target.closest("[data-keeps-focus]")
    held = part?.contains(document.activeElement) ? part.id : ""
  })
  document.addEventListener("htmx:afterSettle", () => {
    const part = held && document.getElementById(held)
    if (part && document.activeElement === document.body) enter(part)
    held = ""
  })
}

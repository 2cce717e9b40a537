// The keyboard: ? shows the keys, / searches, g and a letter goes to a page, j and k move through rows,
// Enter opens one, x ticks it. The letters of pages are on the links themselves: data-key="c".

import Modal from "bootstrap/js/dist/modal"

const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")
let awaited = 0

function move(step) {
  const rows = [...document.querySelectorAll("tr[data-href], a[data-row]")].filter((row) => row.offsetParent)
  if (!rows.length) return
  const at = rows.indexOf(document.querySelector(".is-current"))
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)]
  rows[at]?.classList.remove("is-current")
  next.classList.add("is-current")
  next.scrollIntoView({block: "nearest"})
  ;(next.matches("a") ? next : next.querySelector("a"))?.focus({preventScroll: true})
}

const DEEDS = {
  "?": () => Modal.getOrCreateInstance(document.getElementById("keys")).show(),
  "/": () => document.querySelector("[data-search] input")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => document.querySelector(".is-current input[type=checkbox]")?.click(),
  n: () => document.querySelector("[data-key-new]")?.click(),
  g: () => { awaited = Date.now() },
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (document.querySelector(".modal.show")) return
    if (Date.now() - awaited < 1500) {
      awaited = 0
      const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)
      if (link) { event.preventDefault(); location.assign(link.href) }
      return
    }
    const deed = document.getElementById("keys") && DEEDS[event.key]
    if (deed) { event.preventDefault(); deed() }
  })
}

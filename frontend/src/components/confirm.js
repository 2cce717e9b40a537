// Asks before what cannot be taken back: any form or button with data-confirm="question", and hx-confirm.

import Modal from "bootstrap/js/dist/modal"

function ask(question, word, then) {
  const dialog = document.getElementById("confirm")
  const button = dialog.querySelector("[data-yes]")
  dialog.querySelector("[data-question]").textContent = question
  button.textContent = word || button.dataset.yes
  const modal = Modal.getOrCreateInstance(dialog)
  button.onclick = () => { modal.hide(); then() }
  dialog.addEventListener("shown.bs.modal", () => button.focus(), {once: true})
  modal.show()
}

export function listenForConfirmations() {
  document.addEventListener("submit", (event) => {
    const asker = event.submitter?.closest("[data-confirm]") ?? event.target.closest("form[data-confirm]")
    if (!asker || event.target.dataset.confirmed) return
    event.preventDefault()
    event.stopImmediatePropagation()
    ask(asker.dataset.confirm, asker.dataset.confirmWord, () => {
      event.target.dataset.confirmed = "yes"
      event.target.requestSubmit(event.submitter)
      delete event.target.dataset.confirmed
    })
  }, true)
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return
    event.preventDefault()
    ask(event.detail.question, event.detail.elt.dataset.confirmWord, () => event.detail.issueRequest(true))
  })
}

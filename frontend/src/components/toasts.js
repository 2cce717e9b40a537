// Short messages at the edge of the page. Answers to htmx bring theirs in the header HX-Trigger, as `toasts`.

import htmx from "htmx.org"

function show({level, text}) {
  const template = document.getElementById("toast")
  const toast = template.content.firstElementChild.cloneNode(true)
  toast.classList.add(`is-${level}`)
  toast.querySelector("[data-text]").textContent = text
  document.getElementById("toasts").append(toast)
  live(toast)
}

function live(toast) {
  toast.querySelector("button").addEventListener("click", () => toast.remove())
  if (!toast.classList.contains("is-error")) setTimeout(() => toast.remove(), 6000)
}

export function listenForToasts() {
  document.querySelectorAll("#toasts > *").forEach(live)
  document.addEventListener("toasts", (event) => event.detail.items.forEach(show))
  const words = document.getElementById("toasts")?.dataset
  document.addEventListener("htmx:sendError", () => show({level: "error", text: words.away}))
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status
    if (status === 401) htmx.trigger(document.body, "signed-out")
    show({level: "error", text: words[`status${status}`] ?? words.failed})
  })
}

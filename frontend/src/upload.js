// The form that takes a file: drop it on the zone or choose it, see how far the upload is, think better of it.
// The form itself is sent by htmx, and without any script by the browser.

const formOf = (event) => event.target.closest?.("[data-upload]")
const zoneOf = (event) => event.target.closest?.("[data-drop]")
const written = (amount, unit) =>
  amount.toLocaleString(document.documentElement.lang, {style: "unit", unit, maximumFractionDigits: 1})
const size = (bytes) => (bytes < 2 ** 20 ? written(Math.ceil(bytes / 1024), "kilobyte") : written(bytes / 2 ** 20, "megabyte"))
let sending = null

function show(form) {
  const [file] = form.querySelector("input[type=file]").files
  if (!file) return
  form.querySelector("[data-name]").textContent = file.name
  form.querySelector("[data-size]").textContent = size(file.size)
  complain(form, file.size > Number(form.dataset.most) ? form.dataset.tooLarge : "")
}

function complain(form, words) {
  const place = form.querySelector("[data-error]")
  place.replaceChildren()
  if (words) {
    const told = document.createElement("div")
    told.className = "invalid-feedback d-block"
    told.textContent = words
    place.append(told)
  }
  form.querySelector("[type=submit]").disabled = Boolean(words)
}

function busy(form, is) {
  sending = is ? form : null
  form.querySelector("[data-progress]").hidden = !is
  form.querySelector("[type=submit]").disabled = is
}

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    const zone = zoneOf(event)
    event.dataTransfer.dropEffect = zone ? "copy" : "none"
    for (const each of document.querySelectorAll("[data-drop]")) each.classList.toggle("is-over", each === zone)
  })
}

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.querySelector("[data-drop]")?.classList.remove("is-over")
})

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event)
  if (!zone) return
  event.preventDefault()
  zone.classList.remove("is-over")
  zone.querySelector("input[type=file]").files = event.dataTransfer.files
  show(zone.closest("[data-upload]"))
})

document.addEventListener("change", (event) => {
  if (event.target.type === "file" && formOf(event)) show(formOf(event))
})

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cancel]") && formOf(event)) window.htmx.trigger(formOf(event), "htmx:abort")
})

document.addEventListener("htmx:beforeRequest", (event) => { if (formOf(event)) busy(formOf(event), true) })
document.addEventListener("htmx:xhr:progress", (event) => {
  const form = formOf(event)
  if (!form || !event.detail.lengthComputable || form !== sending) return
  const {loaded, total} = event.detail
  form.querySelector("progress").value = (100 * loaded) / total
  form.querySelector("[data-told]").textContent =
    form.dataset.sent.replace("{sent}", size(loaded)).replace("{total}", size(total))
})
for (const name of ["htmx:xhr:abort", "htmx:sendError", "htmx:responseError", "htmx:sendAbort"]) {
  document.addEventListener(name, (event) => { if (formOf(event)) busy(formOf(event), false) })
}

addEventListener("beforeunload", (event) => { if (sending?.isConnected) event.preventDefault() })
document.addEventListener("htmx:beforeOnLoad", () => { sending = null })

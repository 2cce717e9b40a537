// Makes a long <select data-choice> searchable: a field to type into, and the choices that hold what was typed.
// The select stays in the form and keeps the value. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
const MOST = 60

function enhance(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`)
  const box = document.createElement("div")
  const field = document.createElement("input")
  const list = document.createElement("div")
  const options = [...select.options]
  let active = -1

  box.className = "choice"
  field.type = "text"
  field.id = `${select.id}-search`
  field.className = select.className.replace("form-select", "form-control form-select")
  field.autocomplete = "off"
  list.id = `${select.id}-choices`
  list.className = "choice-list"
  list.hidden = true
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", label?.textContent ?? "")
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) field.setAttribute(name, value)
  const told = select.getAttribute("aria-describedby")
  if (told) field.setAttribute("aria-describedby", told)
  if (label) label.htmlFor = field.id
  select.hidden = true
  select.before(box)
  box.append(field, list, select)

  const shown = () => [...list.children]
  const write = () => { field.value = select.selectedOptions[0]?.text ?? "" }

  function open(words) {
    const sought = plain(words)
    const found = options.filter((option) => option.text && plain(option.text).includes(sought)).slice(0, sought ? MOST : undefined)
    list.replaceChildren(...found.map((option, index) => {
      const choice = document.createElement("div")
      choice.id = `${list.id}-${index}`
      choice.className = "choice-item"
      choice.textContent = option.text
      choice.dataset.value = option.value
      choice.setAttribute("role", "option")
      choice.setAttribute("aria-selected", String(option.value === select.value))
      return choice
    }))
    list.hidden = found.length === 0
    field.setAttribute("aria-expanded", String(!list.hidden))
    point(sought ? 0 : found.findIndex((option) => option.value === select.value))
  }

  function close() {
    list.hidden = true
    field.setAttribute("aria-expanded", "false")
    field.removeAttribute("aria-activedescendant")
  }

  function point(index) {
    active = index
    shown().forEach((choice, each) => choice.classList.toggle("is-active", each === index))
    const choice = shown()[index]
    if (!choice) return
    field.setAttribute("aria-activedescendant", choice.id)
    list.scrollTop = choice.offsetTop - list.clientHeight / 2
  }

  function take(choice) {
    select.value = choice.dataset.value
    select.dispatchEvent(new Event("change", {bubbles: true}))
    write()
    close()
  }

  field.addEventListener("focus", () => field.select())
  field.addEventListener("click", () => open(""))
  field.addEventListener("input", () => open(field.value))
  field.addEventListener("blur", () => {
    if (field.value.trim() === "" && options.some((option) => option.value === "")) select.value = ""
    write()
    close()
  })
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault()
    const choice = event.target.closest("[role=option]")
    if (choice) take(choice)
  })
  select.addEventListener("change", write)
  field.addEventListener("keydown", (event) => {
    const {key} = event
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault()
      if (list.hidden) open("")
      else point(Math.min(Math.max(active + (key === "ArrowDown" ? 1 : -1), 0), shown().length - 1))
    } else if (key === "Enter" && !list.hidden) {
      event.preventDefault()
      if (shown()[active]) take(shown()[active])
    } else if (key === "Escape" && !list.hidden) {
      event.stopPropagation()
      write()
      close()
    }
  })
  write()
}

export function makeChoices() {
  document.querySelectorAll("select[data-choice]").forEach(enhance)
}

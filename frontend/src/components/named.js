// A form whose key follows its name until someone types a key of their own.
const slug = (name) =>
  name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64).replace(/-+$/, "")

export const named = () => ({
  init() {
    const key = this.$root.querySelector("[data-key]")
    const name = this.$root.querySelector("[name=name]")
    if (!key || !name) return
    let isOwn = key.value !== "" && key.value !== slug(name.value)
    key.addEventListener("input", () => { isOwn = key.value !== "" })
    name.addEventListener("input", () => { if (!isOwn) key.value = slug(name.value) })
  },
})

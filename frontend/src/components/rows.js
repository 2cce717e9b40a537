// A table row with data-href opens as its first link does, wherever it is clicked.
export function openRows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]")
    if (!row || event.target.closest("a, button, input, label, select, summary")) return
    if (String(getSelection())) return
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener")
    else location.assign(row.dataset.href)
  })
}

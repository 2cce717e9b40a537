// Parts that ask for news every few seconds, [data-live], rest while nobody sees the page.
export function restWhileHidden() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.matches("[data-live]")) event.preventDefault()
  })
}

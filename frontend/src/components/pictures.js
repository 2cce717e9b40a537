// Pictures of products lie with the shops: of one that is gone there, only its place is shown.
const PICTURES = "img.thumb-picture, img.product-image"

const mark = (picture) => picture.classList.add("is-broken")

export function hideBrokenPictures() {
  for (const picture of document.querySelectorAll(PICTURES)) {
    if (picture.complete && picture.currentSrc && !picture.naturalWidth) mark(picture)
  }
  document.addEventListener("error", (event) => {
    if (event.target instanceof HTMLImageElement && event.target.matches(PICTURES)) mark(event.target)
  }, true)
}

// Where the tabs of a page are wider than the screen: the one that is open stands in sight.
export const showTab = () => {
  const open = document.querySelector(".store-tabs [aria-current]")
  const strip = open?.parentElement
  if (strip) strip.scrollLeft = open.offsetLeft - strip.offsetLeft - (strip.clientWidth - open.offsetWidth) / 2
}

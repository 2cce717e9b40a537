// Charts, each drawn from the table beside it, which has the same numbers for who listens: [data-chart] names
// the table's id. Its cells tell their numbers in data-value; what is shown is the cells' own text. Bars for the
// first column, a line for the third.
// Plain SVG whose colours are classes, so that no style stands in the page and themes need no drawing anew.
// A library of charts would weigh more than all else on the page together (decision 15).

const TOP = 12, BOTTOM = 26, RIGHT = 8, GAP = 10, LINES = 4, WIDEST = 28, ROUND = 3
const compact = {style: "currency", notation: "compact", maximumFractionDigits: 1}

function put(parent, name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return parent.appendChild(made)
}

function read(table) {
  const rows = [...table.tBodies[0].rows]
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim())
  const told = (cells) => cells.map((cell, column) => `${heads[column]}: ${cell.textContent.trim()}`)
  return {
    labels: rows.map((row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim()),
    tips: rows.map((row) => [row.cells[0].textContent.trim(), ...told([...row.cells]).slice(1)].join("\n")),
    values: (column) => rows.map((row) => Number(row.cells[column].dataset.value)),
  }
}

// Round numbers from below the least to above the most, nought among them.
function ticks(values) {
  const least = Math.min(0, ...values), most = Math.max(0, ...values)
  if (most === least) return [0, 1]
  const rough = (most - least) / LINES
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999)
  const first = Math.floor(least / step), last = Math.max(Math.ceil(most / step), first + 1)
  return Array.from({length: last - first + 1}, (_, number) => (first + number) * step)
}

// A bar from nought, rounded at its far end, whether it stands or hangs.
function bar(x, width, from, to) {
  const round = Math.min(ROUND, width / 2, Math.abs(to - from)) * Math.sign(from - to)
  const across = Math.abs(round)
  return `M${x} ${from}V${to + round}q0 ${-round} ${across} ${-round}h${width - 2 * across}q${across} 0 ${across} ${round}V${from}z`
}

function drawUpright(svg, marks, width, height) {
  const format = new Intl.NumberFormat(document.documentElement.lang, {...compact, currency: svg.parentNode.dataset.currency})
  const [first, last] = [marks[0], marks.at(-1)]
  const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - (value - first) / (last - first))
  const labels = marks.map((mark) => put(svg, "text", {class: "chart-label", "text-anchor": "end", y: y(mark) + 4}, format.format(mark)))
  const left = Math.max(...labels.map((label) => label.getComputedTextLength())) + GAP
  for (const label of labels) label.setAttribute("x", left - GAP)
  for (const mark of marks) put(svg, "path", {class: mark ? "chart-rule" : "chart-rule is-nought", d: `M${left} ${y(mark)}H${width - RIGHT}`})
  return {y, left}
}

// As many labels as there is room for, at even distances.
function drawLabels(svg, labels, x, pitch, width, height) {
  const made = labels.map((label, place) => put(svg, "text", {class: "chart-label", "text-anchor": "middle", x: x(place), y: height - 6}, label))
  const widths = made.map((label) => label.getComputedTextLength())
  const every = Math.ceil((Math.max(...widths) + GAP) / pitch)
  made.forEach((label, place) => {
    const fits = x(place) + widths[place] / 2 <= width
    if (place % every || !fits) label.remove()
  })
}

function draw(element) {
  const table = document.getElementById(element.dataset.chart)
  const {clientWidth: width, clientHeight: height} = element
  element.replaceChildren()
  if (!table || !width || !height) return
  const told = read(table), now = told.values(1), before = told.values(3)
  const svg = put(element, "svg", {width, height, viewBox: `0 0 ${width} ${height}`})
  const {y, left} = drawUpright(svg, ticks([...now, ...before]), width, height)
  const pitch = (width - RIGHT - left) / now.length, broad = Math.min(WIDEST, pitch * 0.7)
  const x = (place) => left + pitch * (place + 0.5)
  drawLabels(svg, told.labels, x, pitch, width, height)
  const spans = now.map((_, place) => put(svg, "rect", {class: "chart-span", x: x(place) - pitch / 2, width: pitch, y: TOP, height: height - TOP - BOTTOM}))
  now.forEach((value, place) => put(svg, "path", {class: "chart-now", d: bar(x(place) - broad / 2, broad, y(0), y(value))}))
  put(svg, "polyline", {class: "chart-before", points: before.map((value, place) => `${x(place)},${y(value)}`).join(" ")})
  listen(element, spans, told.tips)
}

// What a span says, beside it, on the side where there is room.
function listen(element, spans, tips) {
  const tip = element.appendChild(document.createElement("div"))
  tip.className = "chart-tip"
  tip.hidden = true
  spans.forEach((span, place) => {
    span.addEventListener("pointerenter", () => {
      tip.textContent = tips[place]
      tip.hidden = false
      const start = span.x.baseVal.value, end = start + span.width.baseVal.value
      const fits = end + GAP + tip.offsetWidth <= element.clientWidth
      tip.style.left = `${Math.max(0, fits ? end + GAP : start - GAP - tip.offsetWidth)}px`
    })
    span.addEventListener("pointerleave", () => { tip.hidden = true })
  })
}

const sizes = new ResizeObserver((changes) => {
  for (const {target} of changes) {
    if (target.isConnected) draw(target)
    else sizes.unobserve(target)
  }
})

// The observer draws each once it is seen.
function watch() {
  for (const element of document.querySelectorAll("[data-chart]")) sizes.observe(element)
}

watch()
document.addEventListener("htmx:afterSettle", watch)

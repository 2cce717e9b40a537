// Charts, each drawn from the table beside it, which has the same numbers for who listens: [data-chart] names
// the table's id. Its cells tell their numbers in data-value; what is shown is the cells' own text.
// Drawn on canvas, tooltips too, so that no style stands in the page.

import {BarChart, LineChart} from "echarts/charts"
import {GridComponent, TooltipComponent} from "echarts/components"
import {init, use} from "echarts/core"
import {CanvasRenderer} from "echarts/renderers"

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

const charts = new Map()
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--tblr-${name}`).trim()

function read(table) {
  const rows = [...table.tBodies[0].rows]
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim())
  return {
    heads,
    labels: rows.map((row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim()),
    rows: rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
    values: (column) => rows.map((row) => Number(row.cells[column].dataset.value)),
  }
}

function short(locale, currency) {
  const format = new Intl.NumberFormat(locale, {style: "currency", currency, notation: "compact", maximumFractionDigits: 1})
  return (value) => format.format(value)
}

function options(element) {
  const told = read(document.getElementById(element.dataset.chart))
  const muted = colour("secondary-color")
  const text = {color: muted, fontFamily: colour("font-sans-serif")}
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: text,
    grid: {left: 8, right: 8, top: 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("bg-surface"),
      borderColor: colour("border-color"),
      textStyle: {...text, color: colour("body-color"), fontSize: 13},
      axisPointer: {type: "shadow", shadowStyle: {color: muted, opacity: 0.12}},
      formatter: ([{dataIndex}]) => {
        const row = told.rows[dataIndex]
        return [row[0], ...row.slice(1).map((cell, index) => `${told.heads[index + 1]}: ${cell}`)].join("\n")
      },
    },
    xAxis: {
      type: "category", data: told.labels,
      axisTick: {show: false}, axisLine: {lineStyle: {color: colour("border-color")}},
      axisLabel: {color: muted, hideOverlap: true},
    },
    yAxis: {
      type: "value", splitNumber: 4,
      splitLine: {lineStyle: {color: colour("border-color")}},
      axisLabel: {color: muted, formatter: short(document.documentElement.lang, element.dataset.currency)},
    },
    series: [
      {type: "bar", data: told.values(1), itemStyle: {color: colour("primary"), borderRadius: [3, 3, 0, 0]}, barMaxWidth: 28},
      {type: "line", data: told.values(3), symbol: "none", lineStyle: {color: muted, type: "dashed", width: 1.5}, itemStyle: {color: muted}, silent: true},
    ],
  }
}

function draw() {
  for (const [element, chart] of charts) {
    if (!element.isConnected) { chart.dispose(); charts.delete(element) }
  }
  for (const element of document.querySelectorAll("[data-chart]")) {
    if (!charts.has(element)) charts.set(element, init(element))
    charts.get(element).setOption(options(element), true)
  }
}

draw()
document.addEventListener("htmx:afterSettle", draw)
new MutationObserver(draw).observe(document.documentElement, {attributes: true, attributeFilter: ["data-bs-theme"]})
addEventListener("resize", () => charts.forEach((chart) => chart.resize()))

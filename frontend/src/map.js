// A place on a map: [data-map] beside the fields latitude, longitude, address and country of a form; with
// data-fixed it only shows data-latitude and data-longitude. Without tiles the form works as well.

import {icon, map as makeMap, marker as makeMarker, tileLayer} from "leaflet"
import "leaflet/dist/leaflet.css"
import iconUrl from "leaflet/dist/images/marker-icon.png"
import iconRetinaUrl from "leaflet/dist/images/marker-icon-2x.png"
import shadowUrl from "leaflet/dist/images/marker-shadow.png"

const pin = icon({
  iconUrl, iconRetinaUrl, shadowUrl,
  iconSize: [25, 41], iconAnchor: [12, 41], shadowSize: [41, 41],
})
const WORLD = [[20, 0], 2]
const CLOSE = 16

const field = (name) => document.querySelector(`form [name=${name}]`)
const note = () => document.querySelector("[data-map-note]")
const say = (text) => { const place = note(); if (place && text) place.textContent = text }

// Whom to credit, as text: it comes from a setting.
function credit({credit: words, creditUrl}) {
  const place = document.createElement(creditUrl ? "a" : "span")
  place.textContent = words
  if (creditUrl) { place.href = creditUrl; place.rel = "noopener" }
  return place.outerHTML
}

function draw(element) {
  const drawn = makeMap(element, {scrollWheelZoom: false, dragging: true, attributionControl: true})
  drawn.attributionControl.setPrefix(false)
  const tiles = tileLayer(element.dataset.tiles, {
    attribution: credit(element.dataset), maxZoom: 19, referrerPolicy: "origin",
  })
  let arrived = 0
  tiles.on("tileload", () => { arrived += 1 })
  tiles.on("tileerror", () => { if (!arrived) away(element) })
  tiles.addTo(drawn)
  return drawn
}

function away(element) {
  element.classList.add("is-away")
  say(note()?.dataset.away)
}

function show(element) {
  const place = [Number(element.dataset.latitude), Number(element.dataset.longitude)]
  const drawn = draw(element).setView(place, CLOSE - 1)
  makeMarker(place, {icon: pin, keyboard: false, interactive: false}).addTo(drawn)
}

const round = (degrees) => String(Math.round(degrees * 1e6) / 1e6)

function typed() {
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => {
    const text = field(name).value.trim().replace(",", ".")
    return text === "" ? NaN : Number(text)
  })
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isPlace ? [latitude, longitude] : null
}

function choose(element) {
  const drawn = element && draw(element).setView(...WORLD)
  let marker

  function mark(place, zoom) {
    if (!drawn) return
    if (!marker) {
      marker = makeMarker(place, {icon: pin, draggable: true, autoPan: true, alt: element.getAttribute("aria-label")})
      marker.on("dragend", () => write(marker.getLatLng()))
      marker.addTo(drawn)
    }
    marker.setLatLng(place)
    if (zoom) drawn.setView(place, Math.max(drawn.getZoom(), zoom))
  }

  function write({lat, lng}) {
    field("latitude").value = round(lat)
    field("longitude").value = round(((lng + 540) % 360) - 180)
  }

  function settle(latitude, longitude) {
    write({lat: latitude, lng: longitude})
    mark([latitude, longitude], CLOSE)
  }

  drawn?.on("click", ({latlng}) => { write(latlng); mark(latlng) })
  for (const name of ["latitude", "longitude"]) {
    field(name).addEventListener("change", () => { const place = typed(); if (place) mark(place, 13) })
  }
  const known = typed()
  if (known) mark(known, CLOSE)

  document.addEventListener("click", (event) => {
    const found = event.target.closest("[data-place]")
    if (!found) return
    const {latitude, longitude, address, country} = found.dataset
    settle(Number(latitude), Number(longitude))
    field("address").value = address
    if (country) {
      field("country").value = country
      field("country").dispatchEvent(new Event("change", {bubbles: true}))
    }
    document.getElementById("places").replaceChildren()
  })
  offerPosition(settle)
}

function offerPosition(settle) {
  const button = document.querySelector("[data-here]")
  if (!button || !navigator.geolocation || !isSecureContext) return
  button.hidden = false
  button.addEventListener("click", () => {
    button.disabled = true
    const done = () => { button.disabled = false }
    navigator.geolocation.getCurrentPosition(
      ({coords}) => { done(); settle(coords.latitude, coords.longitude) },
      () => { done(); say(button.dataset.denied) },
      {enableHighAccuracy: true, timeout: 10_000},
    )
  })
}

const element = document.querySelector("[data-map]")
if (element?.hasAttribute("data-fixed")) show(element)
else if (field("latitude")) choose(element)

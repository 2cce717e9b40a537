// On every page: htmx for parts of pages, Alpine for what moves within one, Bootstrap for menus and dialogs.

import "@tabler/core/dist/css/tabler.css"
import "./main.css"
import "./catalog.css"
import "./entrance.css"
import "./shops.css"
import Alpine from "@alpinejs/csp"
import "bootstrap/js/dist/collapse"
import "bootstrap/js/dist/dropdown"
import "bootstrap/js/dist/modal"
import "bootstrap/js/dist/offcanvas"
import "bootstrap/js/dist/tab"
import htmx from "htmx.org"
import {makeChoices} from "./components/choice.js"
import {copier} from "./components/copier.js"
import {themes} from "./components/themes.js"
import {listenForConfirmations} from "./components/confirm.js"
import {keepFocus} from "./components/focus.js"
import {fold} from "./components/fold.js"
import {gallery} from "./components/gallery.js"
import {listenForKeys} from "./components/keys.js"
import {hideBrokenPictures} from "./components/pictures.js"
import {restWhileHidden} from "./components/live.js"
import {named} from "./components/named.js"
import {openRows} from "./components/rows.js"
import {search} from "./components/search.js"
import {ticks} from "./components/ticks.js"
import {listenForToasts} from "./components/toasts.js"
import {showTab} from "./components/tabs.js"
import {tellZone} from "./components/zone.js"

htmx.config.allowEval = false
htmx.config.includeIndicatorStyles = false
htmx.config.historyCacheSize = 0
htmx.config.attributesToSettle = ["class", "width", "height"] // the policy allows no style attributes
htmx.config.refreshOnHistoryMiss = true
// What a form lacks is answered with 422 and the form again: that is to be shown.
htmx.config.responseHandling = [
  {code: "204", swap: false},
  {code: "[23]..", swap: true},
  {code: "422", swap: true},
  {code: "[45]..", swap: false, error: true},
]
window.htmx = htmx

tellZone()
listenForConfirmations()
keepFocus()
listenForKeys()
listenForToasts()
openRows()
hideBrokenPictures()
makeChoices()
restWhileHidden()
showTab()

Alpine.data("copier", copier)
Alpine.data("fold", fold)
Alpine.data("gallery", gallery)
Alpine.data("named", named)
Alpine.data("search", search)
Alpine.data("themes", themes)
Alpine.data("ticks", ticks)
window.Alpine = Alpine
Alpine.start()

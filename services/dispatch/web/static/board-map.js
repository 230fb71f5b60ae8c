// Homes and sites on outlines of the departments: no tiles, nothing from elsewhere.

import { crewOf } from "./board-model.js";
import { say, toneOf, unplanned, words } from "./board-text.js";

/** The colours of the page as they are now. */
function colours() {
  const probe = document.createElement("i");
  document.body.append(probe);
  const found = {};
  for (const name of ["line", "sheet", "quiet", "accent", "waiting", "running", "risk", "breached", "done"]) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
const FRANCE = [[41.3, -5.2], [51.1, 9.6]];

function script(address) {
  const made = document.createElement("script");
  made.src = address;
  return new Promise((done, failed) => { made.onload = done; made.onerror = failed; document.head.append(made); });
}

export class BoardMap {
  constructor(board) {
    this.board = board;
    this.box = document.getElementById("map");
  }

  async begin() {
    const here = new URL("vendor/", import.meta.url);
    const [, outlines] = await Promise.all([script(new URL("leaflet.js", here)), fetch(new URL("departments.json", here)).then((each) => each.json())]);
    const L = (this.L = window.L);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(this.box, { preferCanvas: true, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still, minZoom: 4, maxZoom: 13, zoomSnap: 0.5 });
    this.map.fitBounds(FRANCE);
    this.land = L.geoJSON(outlines, { interactive: false, style: () => this.#land() }).addTo(this.map);
    this.layer = L.layerGroup().addTo(this.map);
    this.way = L.polyline([], { interactive: false }).addTo(this.map);
    this.ring = L.circleMarker([0, 0], { radius: 10, weight: 3, fillOpacity: 0, interactive: false });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.land.setStyle(this.#land()); this.update(); });
    new ResizeObserver(() => this.map.invalidateSize()).observe(this.box);
    this.update();
    this.fit();
  }

  #land() {
    const { line, sheet } = colours();
    return { color: line, weight: 1, fillColor: sheet, fillOpacity: 1 };
  }

  /** All that the board shows, in sight. */
  fit() {
    if (!this.map) return;
    const points = [...this.board.planned(), ...this.board.waiting()].filter((each) => each.place).map((each) => [each.place.latitude, each.place.longitude]);
    const near = points.filter(([latitude, longitude]) => latitude > 41 && latitude < 52 && longitude > -6 && longitude < 10);
    const shown = near.length ? near : points;
    if (shown.length) this.map.fitBounds(shown, { padding: [24, 24], maxZoom: 10, animate: false });
    else this.map.fitBounds(FRANCE, { animate: false });
  }

  /** Draw anew, after what is more urgent. */
  update() {
    this.timer ??= setTimeout(() => { this.timer = null; this.#draw(); }, 50);
  }

  #draw() {
    if (!this.map) return;
    const { L, board } = this;
    const colour = colours();
    this.layer.clearLayers();
    for (const each of board.crew()) {
      if (!each.home) continue;
      const at = [each.home.latitude, each.home.longitude];
      L.circleMarker(at, { radius: 3, color: colour.quiet, weight: 1, fillOpacity: 0, bubblingMouseEvents: false }).bindTooltip(say(words.home, { name: each.name })).addTo(this.layer);
    }
    const now = board.now();
    for (const visit of new Set([...board.planned(), ...board.waiting()])) {
      if (!visit.place) continue;
      const tone = toneOf(visit, now);
      const open = unplanned(visit);
      L.circleMarker([visit.place.latitude, visit.place.longitude], {
        radius: open ? 7 : 5, color: colour[tone], weight: open ? 3 : 1, fillColor: open ? colour.sheet : colour[tone], fillOpacity: 0.9, bubblingMouseEvents: false,
      }).bindTooltip(() => label(visit, tone)).on("click", () => board.choose(visit.id, true)).addTo(this.layer);
    }
    this.point();
  }

  /** The chosen visit, and its technician's way through his day. */
  point() {
    if (!this.map) return;
    const { accent } = colours();
    const chosen = this.board.visits.get(this.board.chosen);
    const technician = this.board.technicians.get(chosen?.technician_id);
    const stops = technician ? this.board.planned().filter((each) => crewOf(each).includes(technician.id) && each.place).sort((a, b) => a.start - b.start).map((each) => each.place) : [];
    const points = stops.length && technician.home ? [technician.home, ...stops] : stops;
    this.way.setLatLngs(points.map((each) => [each.latitude, each.longitude])).setStyle({ color: accent, weight: 2, dashArray: "4 5" });
    if (!chosen?.place) { this.ring.remove(); return; }
    const at = [chosen.place.latitude, chosen.place.longitude];
    this.ring.setLatLng(at).setStyle({ color: accent }).addTo(this.map);
    if (!this.map.getBounds().contains(at)) this.map.panTo(at);
  }
}

function label(visit, tone) {
  const box = document.createElement("span");
  box.textContent = [visit.number, visit.priority, visit.site, words.states[visit.state], words.tones[tone]].join(" · ");
  return box;
}

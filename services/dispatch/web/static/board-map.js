// Homes and sites on outlines of the departments: no tiles, nothing from elsewhere.

import { say, toneOf, unplanned, words } from "./board-text.js";

const token = (name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};
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
    this.marks = new Map();
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
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.land.setStyle(this.#land()); this.update(); });
    new ResizeObserver(() => this.map.invalidateSize()).observe(this.box);
    this.update();
    this.fit();
  }

  #land() { return { color: token("line"), weight: 1, fillColor: token("sheet"), fillOpacity: 1 }; }

  /** All that the board shows, in sight. */
  fit() {
    if (!this.map) return;
    const points = [...this.board.planned(), ...this.board.waiting()].filter((each) => each.place).map((each) => [each.place.latitude, each.place.longitude]);
    const near = points.filter(([latitude, longitude]) => latitude > 41 && latitude < 52 && longitude > -6 && longitude < 10);
    const shown = near.length ? near : points;
    if (shown.length) this.map.fitBounds(shown, { padding: [24, 24], maxZoom: 10, animate: false });
    else this.map.fitBounds(FRANCE, { animate: false });
  }

  update() {
    if (!this.map) return;
    const { L, board } = this;
    this.layer.clearLayers();
    const quiet = token("quiet");
    for (const each of board.crew()) {
      if (!each.home) continue;
      const at = [each.home.latitude, each.home.longitude];
      L.circleMarker(at, { radius: 3, color: quiet, weight: 1, fillOpacity: 0, bubblingMouseEvents: false }).bindTooltip(say(words.home, { name: each.name })).addTo(this.layer);
    }
    const now = board.now();
    for (const visit of new Set([...board.planned(), ...board.waiting()])) {
      if (!visit.place) continue;
      const tone = toneOf(visit, now);
      const colour = token(tone);
      const open = unplanned(visit);
      L.circleMarker([visit.place.latitude, visit.place.longitude], {
        radius: visit.id === board.chosen ? 9 : open ? 7 : 5, color: colour, weight: open || visit.id === board.chosen ? 3 : 1,
        fillColor: open ? token("sheet") : colour, fillOpacity: 0.9, bubblingMouseEvents: false,
      }).bindTooltip(() => label(visit, tone)).on("click", () => board.choose(visit.id, true)).addTo(this.layer);
    }
    this.#route();
  }

  /** The chosen visit's technician's way through his day. */
  #route() {
    const chosen = this.board.visits.get(this.board.chosen);
    const technician = this.board.technicians.get(chosen?.technician_id);
    const stops = technician ? this.board.planned().filter((each) => each.technician_id === technician.id && each.place).sort((a, b) => a.start - b.start).map((each) => each.place) : [];
    const points = stops.length && technician.home ? [technician.home, ...stops] : stops;
    this.way.setLatLngs(points.map((each) => [each.latitude, each.longitude]));
    this.way.setStyle({ color: token("accent"), weight: 2, dashArray: "4 5" });
    if (chosen?.place && !this.map.getBounds().contains([chosen.place.latitude, chosen.place.longitude])) this.map.panTo([chosen.place.latitude, chosen.place.longitude]);
  }
}

function label(visit, tone) {
  const box = document.createElement("span");
  box.textContent = [visit.number, visit.priority, visit.site, words.states[visit.state], words.tones[tone]].join(" · ");
  return box;
}

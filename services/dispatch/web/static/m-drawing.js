// A signature drawn with a finger, kept as the path that it was.

const WIDE = 600;
const HIGH = 220;
const APART = 3;
const MOST = 150_000;
const SVG = "http://www.w3.org/2000/svg";

/** A pad to sign on. ``svg()`` is the drawing, or "" where nobody signed; ``changed`` hears of each stroke. */
export function pad(label, before, changed) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  drawing.setAttribute("class", "pad");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries(LINE)) path.setAttribute(name, value);
  path.setAttribute("stroke", "currentColor");
  drawing.append(path);
  let d = before.match(/ d="([^"]*)"/)?.[1] ?? "";
  path.setAttribute("d", d);
  let last = null;

  function at(event) {
    const box = drawing.getBoundingClientRect();
    return [
      Math.round(((event.clientX - box.left) / box.width) * WIDE),
      Math.round(((event.clientY - box.top) / box.height) * HIGH),
    ];
  }
  function draw(command, point) {
    if (d.length > MOST) return;
    d += `${command}${point[0]} ${point[1]}`;
    last = point;
    path.setAttribute("d", d);
  }
  drawing.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    const point = at(event);
    draw("M", point);
    draw("L", [point[0] + 1, point[1]]);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!last) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length > 0 ? between : [event]) {
      const point = at(each);
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= APART) draw("L", point);
    }
  });
  for (const ending of ["pointerup", "pointercancel"]) {
    drawing.addEventListener(ending, () => { last = null; changed(); });
  }

  const line = Object.entries(LINE).map(([name, value]) => `${name}="${value}"`).join(" ");
  return {
    drawing,
    svg: () => d && `<svg xmlns="${SVG}" viewBox="0 0 ${WIDE} ${HIGH}"><path ${line} stroke="#000" d="${d}"/></svg>`,
    clear() {
      d = "";
      path.setAttribute("d", d);
      changed();
    },
  };
}

const LINE = { fill: "none", "stroke-width": "4", "stroke-linecap": "round", "stroke-linejoin": "round" };

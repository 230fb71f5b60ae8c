"use strict";
// A signature drawn on the page; without this script, or without a pointer, a typed name does.
(() => {
  const box = document.getElementById("drawing");
  const field = box.querySelector("input");
  const NS = "http://www.w3.org/2000/svg";
  const label = document.createElement("p");
  const pad = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  const clear = document.createElement("button");
  let d = "";
  let last = null;
  label.id = "draw";
  label.textContent = box.dataset.label;
  pad.setAttribute("viewBox", "0 0 600 220");
  pad.setAttribute("role", "img");
  pad.setAttribute("aria-labelledby", "draw");
  pad.append(path);
  clear.type = "button";
  clear.className = "other";
  clear.textContent = box.dataset.clear;
  clear.hidden = true;
  box.append(label, pad, clear);

  function show() {
    path.setAttribute("d", d);
    field.value = d && `<svg xmlns="${NS}"><path d="${d}"/></svg>`;
    clear.hidden = !d;
  }
  function at(event) {
    const frame = pad.getBoundingClientRect();
    return [
      Math.round(((event.clientX - frame.left) / frame.width) * 600),
      Math.round(((event.clientY - frame.top) / frame.height) * 220),
    ];
  }
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    last = at(event);
    d += `M${last[0]} ${last[1]}l1 0`;
    show();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last || d.length > 100000) return;
    const point = at(event);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < 3) return;
    last = point;
    d += `L${point[0]} ${point[1]}`;
    show();
  });
  for (const ending of ["pointerup", "pointercancel"]) pad.addEventListener(ending, () => { last = null; });
  clear.addEventListener("click", () => { d = ""; show(); });
})();

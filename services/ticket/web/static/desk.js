// The hotline's keys: "/" searches, "n" opens a request; the arrows walk through what was found. And the call's length.

import { tell } from "./shell.js";

const search = document.getElementById("find");

const keys = document.getElementById("keys");

// Whoever dictates, or rests a hand on the keyboard, turns them off (WCAG 2.1.4).
const keysAreOn = () => localStorage.getItem("desk-keys") !== "off";
if (keys) {
  keys.checked = keysAreOn();
  keys.addEventListener("change", () => localStorage.setItem("desk-keys", keys.checked ? "on" : "off"));
}

const writes = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog[open]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (search && (event.target === search || event.target.closest("#found"))) {
    const links = [...document.querySelectorAll("#found a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (links[at - 1] ?? search).focus();
    } else if (event.key === "Escape") {
      search.value = "";
      document.getElementById("found").replaceChildren();
      search.focus();
    } else if (event.key === "Enter" && event.target === search && links.length) {
      event.preventDefault();
      links[0].click();
    }
  }
  if (writes(event.target) || !keysAreOn()) return;
  if (event.key === "/") {
    event.preventDefault();
    if (search) search.focus();
    else location.assign("/desk");
  } else if (event.key === "n") {
    event.preventDefault();
    location.assign("/desk/new");
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const found = event.detail.target.querySelector("[data-found]");
  if (found) tell(found.dataset.found);
});

// What was typed before this ran.
if (search?.value) htmx.trigger(search, "search");

const timer = document.getElementById("timer");
if (timer) {
  const began = performance.now();
  const show = () => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}

const colleagues = document.getElementById("colleagues");
if (colleagues) {
  const answer = await fetch("/v1/staff?limit=200");
  const staff = answer.ok ? (await answer.json()).items : [];
  colleagues.append(...staff.map((each) => new Option(each.name, each.id)));
}

// A field that narrows a list as somebody types: what is picked stays in sight.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow(field) {
  const list = document.getElementById(field.dataset.narrows);
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  let left = 0;
  for (const each of list.querySelectorAll("label, [data-narrowed]")) {
    const text = plain(each.textContent);
    const found = words.every((word) => text.includes(word));
    each.hidden = !found && !each.querySelector("input")?.checked;
    left += found ? 1 : 0;
  }
  for (const group of list.querySelectorAll(".group")) {
    group.hidden = !group.querySelector("label:not([hidden])");
  }
  let none = list.querySelector("[role=status]");
  if (!none) {
    none = document.createElement("p");
    none.setAttribute("role", "status");
    none.className = "quiet";
    list.append(none);
  }
  none.textContent = left ? "" : list.dataset.none;
}

for (const field of document.querySelectorAll("[data-narrows]")) {
  field.addEventListener("input", () => narrow(field));
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

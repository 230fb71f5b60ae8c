// Those of his tickets that were about a machine, which the ticket service knows.

const list = document.getElementById("requests");
const { lang } = document.documentElement;
const day = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium" });

function line(text, quiet = "") {
  const made = document.createElement("li");
  made.textContent = text;
  if (quiet) {
    const more = document.createElement("span");
    more.className = "quiet";
    more.textContent = ` — ${quiet}`;
    made.append(more);
  }
  return made;
}

try {
  const asset = encodeURIComponent(list.dataset.asset);
  const answer = await fetch(`/v1/tickets?asset=${asset}&limit=10`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(answer.statusText);
  const { items } = await answer.json();
  const lines = items.map((each) => line(
    `${day.format(new Date(each.opened_at))} · ${each.number} · ${each.summary}`,
    each.resolution?.work_done,
  ));
  list.replaceChildren(...(lines.length > 0 ? lines : [line(list.dataset.none)]));
} catch {
  list.replaceChildren(line(list.dataset.lost));
}

// A request as it is filled in: answers bring the next question, and one key makes one ticket of it.

import { Refused, post, quiet, show, upload } from "./sending.js";

const form = document.getElementById("request");
const advice = document.getElementById("advice");
const sending = document.getElementById("sending");
const progress = document.getElementById("sent");
let opened = null;
let busy = false;

const value = (name) => new FormData(form).get(name)?.toString().trim() ?? "";
const all = (name) => new FormData(form).getAll(name).map(String);

async function advise(values = {}) {
  const answered = Object.keys(values).length > 0;
  await htmx.ajax("POST", `${form.dataset.asks}/advice`, { source: advice, target: advice, swap: "innerHTML", values });
  if (answered) {
    const next = advice.querySelector("#given") ?? advice.querySelector("#question") ?? advice.querySelector("#known");
    next?.focus();
  }
}

function next() {
  const given = advice.querySelector("#given");
  advise({ [given.dataset.asked]: given.value });
}

function personOf(prefix) {
  const name = value(`${prefix}.name`);
  return name && { name, email: value(`${prefix}.email`) || null, phone: value(`${prefix}.phone`) || null };
}

/** What the form says, as POST /v1/tickets takes it; what its answers say is left to them. */
function request(instead = {}) {
  const judged = all("judged");
  const answers = {};
  for (const [name, given] of new FormData(form)) {
    if (name.startsWith("answer.")) answers[name.slice("answer.".length)] = given || null;
  }
  const contact = personOf("contact");
  const machine = value("asset");
  const summary = value("summary") || instead.summary;
  const body = {
    kind: form.querySelector("[name=category]:checked").dataset.kind,
    summary,
    description: value("description") || summary,
    sites: all("sites"),
    channel: form.dataset.channel,
    preferred_windows: all("window").map((each) => {
      const [from, to] = each.split("/");
      return { from, to };
    }),
  };
  if (!judged.includes("category")) body.category = value("category");
  if (!judged.includes("impact")) body.impact = value("impact") || instead.impact;
  if (!judged.includes("urgency")) body.urgency = value("urgency") || instead.urgency;
  if (Object.keys(answers).length) body.diagnosis = { id: value("diagnosis"), answers };
  if (machine) body.asset = machine;
  if (contact) body.on_site_contact = contact;
  const requester = personOf("requester");
  if (requester) body.requester = requester;
  return body;
}

/** What is missing is said where it is missing, and the first of it is where somebody goes on. */
function lacking(solved) {
  for (const each of form.querySelectorAll(".wrong")) each.remove();
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  const judged = all("judged");
  const unsaid = ["impact", "urgency"].some((name) => !judged.includes(name) && !value(name));
  const wrong = [
    [!all("sites").length, document.getElementById("where"), form.dataset.noSite],
    [!value("category"), document.getElementById("what"), form.dataset.noCategory],
    [!solved && value("category") && unsaid, advice.querySelector(".judged"), form.dataset.noJudgement],
    [!solved && !value("summary"), document.getElementById("summary").closest("label"), form.dataset.noWords],
  ].filter(([is]) => is);
  for (const [, where, text] of wrong) {
    const line = document.createElement("p");
    line.className = "wrong";
    line.textContent = text;
    line.id = `wrong-${form.querySelectorAll(".wrong").length}`;
    where.append(line);
    const field = where.querySelector("input:not([type=hidden]):not([type=search])");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }
  wrong[0]?.[1].querySelector("input:not([type=hidden]):not([type=search])").focus();
  return wrong.length > 0;
}

async function send(solved) {
  if (busy || lacking(solved)) return;
  busy = true;
  quiet();
  try {
    const { key } = form.dataset;
    const easy = solved ? { summary: solved.dataset.title, impact: "low", urgency: "low" } : {};
    opened ??= await post("/v1/tickets", request(easy), key);
    sending.textContent = form.dataset.opened.replace("%s", opened.number);
    const tickets = `/v1/tickets/${opened.id}`;
    for (const id of all("tried")) {
      await post(`${tickets}/tried`, { article_id: id, worked: false }, `${key}-${id}`.slice(0, 200));
    }
    if (solved) {
      await post(`${tickets}/tried`, { article_id: solved.dataset.solved, worked: true }, `${key}-solved`);
    }
    for (const [n, file] of [...form.elements.files.files].entries()) {
      sending.textContent = form.dataset.uploading.replace("%s", file.name);
      await upload(`${tickets}/attachments`, file, `${key}-file-${n}`, progress);
    }
    location.assign(form.dataset.goes + opened.id);
  } catch (refused) {
    busy = false;
    sending.textContent = "";
    if (opened && refused instanceof Refused) {
      const title = `${form.dataset.fileFailed.replace("%s", opened.number)} ${refused.problem.title}`;
      const link = { href: form.dataset.goes + opened.id, text: form.dataset.see };
      show(new Refused({ ...refused.problem, title }), link);
    } else show(refused);
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  send(null);
});
form?.addEventListener("change", (event) => {
  if (event.target.name === "category") advise();
});
// Whoever points picks once and goes on below; whoever walks through the list by keys stays where he is.
form?.addEventListener("click", async (event) => {
  if (event.target.name !== "category" || event.detail === 0) return;
  await new Promise((swapped) => advice.addEventListener("htmx:afterSwap", swapped, { once: true }));
  advice.closest(".step").scrollIntoView({ block: "nearest", behavior: "smooth" });
});
advice?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.gives) advise(JSON.parse(button.dataset.gives));
  else if (button && "next" in button.dataset) next();
  else if (button?.dataset.solved) send(button);
});
advice?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "given") {
    event.preventDefault();
    next();
  }
});

// What was picked before this ran, or is still picked after going back, is asked about, too.
if (form && value("category")) advise();

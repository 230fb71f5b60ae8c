// Requests to the API from a page: each is sent once however often somebody presses, and what is refused is shown.

const said = JSON.parse(document.getElementById("said").textContent);
const trouble = document.getElementById("trouble");

/** A refusal: the problem that the API answered, or that nothing answered. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** POST to the API; the answer's body, or a `Refused`. */
export async function post(path, body, key) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused({ title: said.unreachable, status: 0 });
  }
  return read(answer.ok, await answer.text(), answer.status);
}

/** POST a file, telling how much of it has left. */
export function upload(path, file, key, progress) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Idempotency-Key", key);
    progress.hidden = false;
    progress.value = 0;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    };
    request.onerror = () => reject(new Refused({ title: said.unreachable, status: 0 }));
    request.onload = () => {
      try {
        resolve(read(request.status < 300, request.responseText, request.status));
      } catch (refused) {
        reject(refused);
      }
    };
    request.onloadend = () => { progress.hidden = true; };
    request.send(form);
  });
}

function read(ok, text, status) {
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { title: said.wrong };
  }
  if (!ok) throw new Refused({ title: said.wrong, status, ...body });
  return body;
}

/** Bring a refusal to sight, `link` beside it where there is somewhere to go on. */
export function show(refused, link) {
  let problem = refused instanceof Refused ? refused.problem : { title: said.wrong };
  if (problem.status === 401) problem = { title: said.signed_out, status: 401 };
  const box = element("div", "said risk");
  const line = element("p");
  line.append(element("strong", "", problem.title), " ", problem.detail ?? "");
  box.append(line);
  if (problem.errors?.length) {
    const list = element("ul");
    for (const each of problem.errors) list.append(element("li", "", each.detail));
    box.append(list);
  }
  const further = problem.status === 401 ? { href: said.sign_in, text: said.signin, away: true } : link;
  if (further) {
    const anchor = element("a", "", further.text);
    anchor.href = further.href;
    if (further.away) Object.assign(anchor, { target: "_blank", rel: "opener" });
    box.append(anchor);
  }
  trouble.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

export function quiet() {
  trouble.replaceChildren();
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

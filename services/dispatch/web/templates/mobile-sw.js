// Keeps the page and its files on the telephone, so that it opens where there is no network. What somebody
// did is not kept here but by the page, in IndexedDB: this holds nothing that can be lost.

const CACHE = "m-{{ digest }}";
const DIGEST = "{{ digest }}";
const PAGE = "/m";
const PATIENCE = 2500; // milliseconds that a slow network is waited for before the kept page is shown
const FILES = [
{% for name in files %}
  "{{ asset(name) }}",
{% endfor %}
];

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (pathname.startsWith("/m/-/")) event.respondWith(file(event.request));
});

self.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, url, tag, stays } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, {
    body, tag, data: { url }, requireInteraction: stays, icon: "{{ asset('m-192.png') }}", lang: "{{ lang }}",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

// The browser has given itself another address: the one before leads nowhere any more.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = pages.find((each) => new URL(each.url).pathname === PAGE);
  if (!ours) return self.clients.openWindow(url);
  await ours.focus();
  return ours.navigate(url);
}

async function renew({ oldSubscription: old }) {
  const how = old?.options ?? { userVisibleOnly: true, applicationServerKey: (await (await fetch("/v1/push/key")).json()).key };
  const made = await self.registration.pushManager.subscribe(how);
  await fetch("/v1/push/subscriptions", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(made.toJSON()),
  });
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  // Who is not signed in yet is led elsewhere; his page is kept when he opens it.
  const answer = await fetch(PAGE, { redirect: "manual" });
  if (isOurs(answer)) await cache.put(PAGE, answer);
}

async function forgetOlder() {
  const whole = await (await caches.open(CACHE)).match(PAGE, { ignoreVary: true });
  if (!whole) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("m-") && name !== CACHE).map((name) => caches.delete(name)));
}

/** The page as the server has it now; as it was kept where the server is slow, away, or wants a sign-in. */
async function page(event) {
  const asked = fetch(event.request).then(async (answer) => {
    if (isOurs(answer)) await (await caches.open(CACHE)).put(PAGE, answer.clone());
    else if (answer.ok) await self.registration.update();
    return answer;
  });
  event.waitUntil(asked.catch(() => {}));
  const soon = await Promise.race([asked.catch(() => null), after(PATIENCE)]);
  if (soon && soon.status >= 200 && soon.status < 500) return soon;
  return (await caches.match(PAGE, { ignoreVary: true })) ?? asked;
}

async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

function isOurs(answer) {
  return answer.ok && answer.headers.get("Astreinte-Files") === DIGEST;
}

function after(milliseconds) {
  return new Promise((resolve) => { setTimeout(() => resolve(null), milliseconds); });
}

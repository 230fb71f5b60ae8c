// Reads a bar code or a QR code by the camera, where the browser can; else it is typed.

import { h, say } from "./m-dom.js";

const EVERY = 200;
const able = "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

/** A field in its label, and where it can be read by the camera a button that fills it. */
export function scanned(label, field) {
  return h("div", { class: "scanned" }, h("label", {}, label, field),
    able && h("button", { type: "button", on: { click: () => scan(field) } }, say("scan")));
}

async function scan(field) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    field.placeholder = say("scan-no-camera");
    return field.focus();
  }
  const video = h("video", { autoplay: true, playsinline: true, muted: true });
  const dialog = h("dialog", { "aria-labelledby": "scanning" },
    h("form", { method: "dialog" },
      h("h2", { id: "scanning" }, say("scan-title")), video,
      h("div", { class: "choices" }, h("button", { value: "no" }, say("cancel")))));
  video.srcObject = stream;
  document.body.append(dialog);
  dialog.showModal();
  const reader = new BarcodeDetector();
  const looking = setInterval(async () => {
    const [found] = video.readyState < 2 ? [] : await reader.detect(video).catch(() => []);
    if (!found?.rawValue || !dialog.open) return;
    field.value = found.rawValue.slice(0, field.maxLength > 0 ? field.maxLength : undefined);
    field.dispatchEvent(new Event("input"));
    navigator.vibrate?.(100);
    dialog.close();
  }, EVERY);
  dialog.addEventListener("close", () => {
    clearInterval(looking);
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
    field.focus();
  });
}

// Photographs: small enough for a slow network, and without what a camera says of where it was.

import { h, say, sayMany } from "./m-dom.js";

const LONGEST = 1600;
const QUALITY = 0.8;
const THUMBNAIL = 400;
const MOST_OF_IT = 40_000;

/** A button that takes one, and how many wait; ``take(file)`` keeps it. */
export function camera(waiting, take) {
  const said = h("span", { class: "quiet" });
  const show = () => { said.textContent = waiting > 0 ? sayMany("photos", waiting) : ""; };
  show();
  const input = h("input", {
    type: "file", accept: "image/*", capture: "environment", class: "unseen",
    on: { change: async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) {
        await take(await smaller(file));
        waiting += 1;
        show();
      }
    } },
  });
  return h("p", { class: "camera" }, h("label", { class: "button" }, say("photo"), input), said);
}

/** Drawn anew; what this browser cannot draw goes as it is, and the server takes its position out of it. */
async function smaller(file) {
  try {
    return (await redrawn(file, LONGEST, QUALITY)) ?? file;
  } catch {
    return file;
  }
}

/** Upright and at most so large: what is written around the pixels stays behind. */
async function redrawn(file, longest, quality) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
}

/** What a report shows of a picture: small, with the hash of the whole; null of what cannot be drawn. */
export async function shownOf(file) {
  try {
    const small = await redrawn(file, THUMBNAIL, 0.6);
    if (!small || small.size > MOST_OF_IT) return null;
    const whole = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return {
      thumbnail: btoa(Array.from(new Uint8Array(await small.arrayBuffer()), (byte) => String.fromCharCode(byte)).join("")),
      sha256: Array.from(new Uint8Array(whole), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
  } catch {
    return null;
  }
}

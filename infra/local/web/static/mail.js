// Says that new messages have come, without moving what is being read.
const fresh = document.getElementById("fresh");
const known = Number(fresh.dataset.total);

async function look() {
  try {
    const answer = await fetch("/mail.json", { headers: { Accept: "application/json" } });
    const { total: mails, sms } = await answer.json();
    const total = mails + sms.total;
    if (total > known) {
      fresh.querySelector("a").textContent = `${fresh.dataset.words} (${total - known})`;
      fresh.hidden = false;
    }
  } catch {
    // The stack is down or restarting: the next look will tell.
  }
}

setInterval(() => {
  if (!document.hidden) look();
}, 2000);

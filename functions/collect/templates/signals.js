{
  // Tells that the page is visible, and that a hand moved on it, with the score that is chosen then; see hand.js.
  const PAUSE = 300; // milliseconds without another choice
  const RETRY = 3000; // milliseconds; twice as long after each try in vain
  const form = document.forms[0];
  const address = `/v1/responses/${form.action.split("/a/")[1].split("?")[0]}/signals`;
  const page = form.elements.page.value;
  const unsent = new Map(); // the newest of each kind
  let visible = false;
  let moved = false;
  let later;

  const send = (kind, body, wait = RETRY) => {
    unsent.set(kind, body);
    const waits = () => unsent.get(kind) === body;
    fetch(address, { method: "POST", body, keepalive: true })
      .then(({ status }) => status < 500 && status !== 429 && waits() && unsent.delete(kind))
      .catch(() => {})
      .finally(() => waits() && setTimeout(() => waits() && send(kind, body, 2 * wait), wait));
  };
  const tell = (kind, said) => send(kind, JSON.stringify({ kind, page, ...said }));
  const tellMoved = () => {
    if (!later) return;
    clearTimeout(later);
    later = undefined;
    tell("human", { score: Number(form.elements.score.value) });
  };
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(tellMoved, PAUSE);
  };
  const look = () => {
    if (document.visibilityState !== "visible") return tellMoved();
    if (visible) return;
    visible = true;
    tell("seen");
  };

  addEventListener("hand", () => {
    moved = true;
    soon();
  });
  form.addEventListener("change", () => moved && soon());
  addEventListener("visibilitychange", look, true);
  addEventListener("pagehide", () => {
    tellMoved();
    unsent.forEach((body) => navigator.sendBeacon(address, body));
  });
  look();
}

{
  // Tells that the page is visible, and that a hand moved on it; see hand.js.
  const form = document.forms[0];
  const address = `/v1/responses/${form.action.split("/a/")[1].split("?")[0]}/signals`;
  const page = form.elements.page.value;
  const unsent = new Set();
  let visible = false;

  const send = (body) => {
    unsent.add(body);
    fetch(address, { method: "POST", body, keepalive: true })
      .then((answer) => answer.status < 500 && unsent.delete(body))
      .catch(() => {})
      .finally(() => unsent.has(body) && setTimeout(() => unsent.has(body) && send(body), 3000));
  };
  const tell = (kind) => send(JSON.stringify({ kind, page }));
  const look = () => {
    if (document.visibilityState === "visible" && !visible) {
      visible = true;
      tell("seen");
    }
  };

  addEventListener("hand", () => tell("human"));
  addEventListener("visibilitychange", look, true);
  addEventListener("pagehide", () => unsent.forEach((body) => navigator.sendBeacon(address, body)));
  look();
}

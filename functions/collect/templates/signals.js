{
  // Tells that the page is visible, and that somebody is there. Events that scripts make are not trusted; a
  // scroll event is, whoever scrolls, and so is the pointer event of a mouse that lies still: neither is a sign.
  const form = document.forms[0];
  const address = `/v1/responses/${form.action.split("/a/")[1].split("?")[0]}/signals`;
  const page = form.elements.page.value;
  const signs = ["pointerdown", "pointermove", "touchstart", "wheel", "keydown", "click"];
  const unsent = new Set();
  let visible = false;
  let somebody = false;

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
  const notice = (event) => {
    const moved = event.type !== "pointermove" || event.movementX || event.movementY;
    if (!event.isTrusted || !moved || somebody || document.visibilityState !== "visible") return;
    somebody = true;
    for (const sign of signs) removeEventListener(sign, notice, true);
    tell("human");
  };

  for (const sign of signs) addEventListener(sign, notice, { capture: true, passive: true });
  addEventListener("visibilitychange", look, true);
  addEventListener("pagehide", () => unsent.forEach((body) => navigator.sendBeacon(address, body)));
  look();
}

{
  // Notices a hand that moves, and keeps the forms it sends until a person can have read them. The form of a score says
  // so, to be known from one that a script sends. Events that scripts make are not trusted. These are, and no signs:
  // `change` and `submit`, whoever causes them; `scroll`, whoever scrolls; the pointer event of a mouse that lies still.
  const READING = 1600; // milliseconds; a form that comes sooner after its page is not believed, see judging.py
  const begun = performance.now();
  const hand = document.forms[0]?.elements.hand;
  const signs = ["pointerdown", "pointermove", "touchstart", "wheel", "keydown", "click"];
  let moved = false;
  const notice = (event) => {
    const lies = event.type === "pointermove" && !event.movementX && !event.movementY;
    if (!event.isTrusted || lies || document.visibilityState !== "visible") return;
    for (const sign of signs) removeEventListener(sign, notice, true);
    moved = true;
    if (hand) hand.value = "moved";
    dispatchEvent(new Event("hand"));
  };

  let held;
  addEventListener("submit", (event) => {
    clearTimeout(held);
    const left = begun + READING - performance.now();
    // Passing over a question stores nothing, and so waits for nothing. The other buttons add nothing to their form.
    if (left <= 0 || !moved || event.submitter?.name === "skip") return;
    event.preventDefault(); // a quick hand need not press twice
    held = setTimeout(() => event.target.submit(), left);
  });

  if (hand) hand.value ||= "none";
  for (const sign of signs) addEventListener(sign, notice, { capture: true, passive: true });
}

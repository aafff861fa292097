{
  // Writes into the form whether a hand moved, so that it is known from one that a script sends. Events that scripts
  // make are not trusted. These are, and no signs: `change` and `submit`, whoever causes them; `scroll`, whoever
  // scrolls; the pointer event of a mouse that lies still.
  const READING = 1600; // milliseconds; a form that comes sooner after its page is not believed, see judging.py
  const begun = performance.now();
  const form = document.forms[0];
  const hand = form.elements.hand;
  const signs = ["pointerdown", "pointermove", "touchstart", "wheel", "keydown", "click"];
  const notice = (event) => {
    const moved = event.type !== "pointermove" || event.movementX || event.movementY;
    if (!event.isTrusted || !moved || document.visibilityState !== "visible") return;
    for (const sign of signs) removeEventListener(sign, notice, true);
    hand.value = "moved";
    dispatchEvent(new Event("hand"));
  };

  let held;
  form.addEventListener("submit", (event) => {
    const left = begun + READING - performance.now();
    if (left <= 0 || hand.value !== "moved") return;
    event.preventDefault(); // a quick hand need not press twice
    held ??= setTimeout(() => form.submit(), left);
  });

  hand.value ||= "none";
  for (const sign of signs) addEventListener(sign, notice, { capture: true, passive: true });
}

// The card around every step, in a shadow root that the page's styles do not reach and whose own do not leave.
// Nodes are made one by one and the style sheet is adopted, which the strictest policies of a page allow.

function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const button = (className, text, act, more = {}) =>
  element("button", { type: "button", className, onclick: byPerson(act), ...more }, text);

/** Runs for what a person did, never for what some script did in their name. */
const byPerson = (act) => safely((event) => event.isTrusted && act(event));

/**
 * An empty card on the page: where `put` puts it, or in a corner if there is none.
 * onLeave(): the person wants it gone. Returns {turnTo, isBusy, remove}.
 */
function frame({ ask, put, side, dark, onLeave }) {
  const lead = element("p", { className: "lead" });
  const title = element("h2", { id: "title" });
  const step = element("div", {});
  const section = element(
    "section",
    { tabIndex: -1, className: dark ? "dark" : "", "aria-labelledby": "title" },
    element(
      "header",
      {},
      element("i", {}),
      element("span", {}, ask.brand.name),
      button("close", "×", onLeave, { "aria-label": ask.words.close }),
    ),
    element("div", { "aria-live": "polite" }, lead, title),
    step,
  );
  section.style.setProperty("--brand", ask.brand.colour);
  section.style.setProperty("--on-brand", ask.brand.ink);

  const root = element("hearback-widget", { dir: ask.direction, lang: ask.locale });
  const shadow = root.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(section);

  let cameFrom;
  section.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget && !section.contains(relatedTarget)) cameFrom = relatedTarget;
  });
  const onKey = byPerson((event) => {
    const ours = [root, document.body, null].includes(document.activeElement);
    if (event.key === "Escape" && ours && !event.defaultPrevented) onLeave(event);
  });
  document.addEventListener("keydown", onKey);
  if (!put) root.className = side;
  (put || ((made) => document.documentElement.append(made)))(root); // not in the body, whose transforms move it

  return {
    /** Put a step in place. After a gesture, keyboards go on in it; fingers get no keyboard jumping up. Without one,
     *  the focus leaves what is replaced and nothing else. */
    turnTo(leading, text, parts, event) {
      const isWithin = step.contains(shadow.activeElement);
      lead.textContent = leading;
      title.textContent = text;
      step.replaceChildren(...parts);
      if (!event && !isWithin) return;
      const next = event?.detail === 0 && step.querySelector("[tabindex='0'], textarea, .main");
      (next || section).focus({ preventScroll: true });
    },
    /** Whether somebody points at it or is in it by keyboard. */
    isBusy: () => section.matches(":hover") || Boolean(shadow.activeElement?.matches(":focus-visible")),
    remove() {
      const isWithin = shadow.activeElement;
      document.removeEventListener("keydown", onKey);
      root.remove();
      if (isWithin) cameFrom?.focus();
    },
  };
}

// A group of choices, one stop of the Tab key (the radio group of WAI-ARIA's authoring practices). Arrow and
// digit keys choose, and nothing is sent yet: going from 0 to 9 by arrow must not answer nine times.

/**
 * options: [{id, text, name}]; `name` is how it is read out, if not as `text`. chosen: an id, or undefined.
 * onChosen(id): by key. onGiven(id, event): clicked, tapped, or Enter or the space bar pressed on it.
 */
function choices(className, labelledBy, options, chosen, onChosen, onGiven) {
  const buttons = options.map(({ id, text, name = text }) =>
    button("", text, (event) => {
      choose(id);
      onGiven(id, event);
    }, { role: "radio", "aria-label": name }),
  );
  const keys = keyboard(options);
  const group = element("div", { className, role: "radiogroup", "aria-labelledby": labelledBy }, ...buttons);
  group.onkeydown = byPerson((event) => {
    const place = keys(event, buttons.indexOf(event.target), getComputedStyle(group).direction === "rtl");
    if (place === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(options[place].id);
    buttons[place].focus();
    onChosen(options[place].id);
  });
  const choose = (wanted) =>
    buttons.forEach((each, place) => {
      const { id } = options[place];
      each.setAttribute("aria-checked", id === wanted);
      each.tabIndex = id === (wanted ?? options[0].id) ? 0 : -1;
    });
  choose(chosen);
  return group;
}

/** A function that says which place a key leads to from another one, if to any. */
function keyboard(options) {
  let typed = "";
  let typedAt = 0;
  const placeOf = (id) => options.findIndex((option) => String(option.id) === id);
  return ({ key, timeStamp, ctrlKey, metaKey, altKey }, from, rightToLeft) => {
    if (ctrlKey || metaKey || altKey) return undefined;
    if (/^\d$/.test(key)) {
      typed = typed === "1" && key === "0" && timeStamp - typedAt < 1500 ? "10" : key; // 1 and then 0 is ten
      typedAt = timeStamp;
      return placeOf(typed) < 0 ? undefined : placeOf(typed);
    }
    const forwards = rightToLeft ? -1 : 1;
    const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: forwards, ArrowLeft: -forwards, Home: -from, End: -from - 1 };
    return key in steps ? (from + steps[key] + options.length) % options.length : undefined;
  };
}

// What is asked, step by step: the score, then what follows it, each optional and each saved as it is given.

const NEAR = 200; // characters before the end of the room, from where on those are told that are left
const THANKS_STAY = 8000; // milliseconds, in the corner
const STEP_STAYS = 32000; // with something to read and to do

/**
 * Show an ask. onAnswer(answer, last) gets all that was said so far; `last`: the page is being left.
 * onGone() follows when the person is done with it or wants none of it. Returns {close, keptBy, refused}: keptBy(step)
 * says that all is saved and has the thanks end with a next step, if there is one; refused() says that it is not.
 */
function card({ ask, put, side, dark, onAnswer, onGone }) {
  const { words } = ask;
  const answer = { answers: {} };
  const saved = element("b", { hidden: true }, `✓ ${words.saved}`);
  let keep = () => {};
  let leaving;
  let thank = () => {};
  let step;
  const shown = frame({ ask, put, side, dark, onLeave: leave });
  const onHidden = safely(() => document.hidden && keep(true));
  document.addEventListener("visibilitychange", onHidden);

  function askScore(event) {
    clearTimeout(leaving);
    thank = () => {};
    const scores = Array.from({ length: 11 }, (_, id) => ({ id, text: String(id) }));
    scores[0].name = `0, ${words.least}`;
    scores[10].name = `10, ${words.most}`;
    let chosen;
    const send = button("main", words.send, (pressed) => giveScore(chosen, pressed), { hidden: true });
    const scale = choices("scale", "title", scores, answer.score, (score) => {
      chosen = score;
      send.hidden = false;
    }, giveScore);
    const ends = [words.least, words.most].map((text) => element("span", {}, text));
    shown.turnTo("", ask.question, [scale, element("p", { className: "ends", "aria-hidden": true }, ...ends), send], event);
  }

  function tell(last) {
    saved.hidden = true;
    onAnswer(answer, last);
  }

  function giveScore(score, event) {
    answer.score = score;
    tell();
    askMore(0, event);
  }

  /** The `number`th question that follows the score, or thanks when there is none left. */
  function askMore(number, event) {
    const { thanks, questions } = ask.follow_up.find(({ until }) => answer.score <= until);
    const given = element(
      "p",
      { className: "given" },
      element("span", {}, words.your_score.replace("{score}", answer.score)),
      button("link", words.change, askScore),
      saved,
    );
    const question = questions[number];
    if (!question) {
      thank = (pressed) => {
        const close = button(step ? "" : "main", words.close, leave);
        shown.turnTo("", number > 1 ? words.done : thanks, [given, ...nextStep(), close], pressed);
        clearTimeout(leaving);
        if (!put) leaving = setTimeout(safely(leaveIfIdle), step ? STEP_STAYS : THANKS_STAY);
      };
      thank(event);
      return;
    }
    const { fields, read, left } = question.choices.length ? choosing(question, next) : writing(question);
    keep = (last) => {
      const said = read();
      if (said === undefined || said === (saidBefore(question) ?? "")) return; // "" takes back what was said
      if (question.id) answer.answers[question.id] = said;
      else answer.comment = said;
      tell(last);
    };
    function next(pressed) {
      keep();
      if (left?.() < 0) fields[0].focus();
      else skip(pressed);
    }
    function skip(pressed) {
      keep = () => {};
      askMore(number + 1, pressed);
    }
    const onward = number + 1 < questions.length ? words.save : words.finish;
    const actions = element("p", { className: "actions" }, button("main", onward, next), button("", words.skip, skip));
    const progress = words.progress.replace("{number}", number + 1).replace("{count}", questions.length);
    const parts = [...fields, actions, given];
    if (questions.length > 1) parts.push(element("p", { className: "soft" }, progress));
    shown.turnTo(number ? "" : thanks, question.text, parts, event);
  }

  /** A public page, or a link of one's own to pass on. */
  function nextStep() {
    if (!step) return [];
    const { kind, text, label, url } = step;
    const link =
      kind === "review"
        ? element("a", { className: "main", href: url, target: "_blank", rel: "noopener noreferrer" }, label)
        : element("input", { readOnly: true, value: url, dir: "ltr", "aria-label": label, onfocus: select });
    return [element("p", { className: "offer" }, text), link];
  }

  const select = ({ target }) => target.select();

  function keptBy(offered) {
    saved.hidden = false;
    const isNew = offered?.url !== step?.url;
    step = offered;
    if (isNew) thank();
  }

  function refused() {
    clearTimeout(leaving);
    keep = thank = () => {};
    shown.turnTo("", words.refused, [button("main", words.close, leave)]);
  }

  const saidBefore = ({ id }) => (id ? answer.answers[id] : answer.comment);

  function choosing(question, onGiven) {
    let chosen = saidBefore(question);
    const choose = (id) => (chosen = id);
    const field = choices("choices", "title", question.choices, chosen, choose, (id, event) => {
      choose(id);
      onGiven(event);
    });
    return { fields: [field], read: () => chosen };
  }

  /** What is too long is kept as far as there is room; nobody goes on before they know. */
  function writing(question) {
    const told = element("p", { id: "told" });
    const letters = () => [...field.value.trim()]; // as the server counts them
    const left = () => question.room - letters().length;
    const field = element("textarea", {
      rows: 3,
      placeholder: words.own_words,
      value: saidBefore(question) || "",
      onchange: byPerson(() => keep()),
      oninput: safely(() => {
        const text = left() < 0 ? words.over : left() < NEAR ? words.left : "";
        told.textContent = text.replace("{count}", Math.abs(left()));
      }),
      "aria-labelledby": "title",
      "aria-describedby": "told",
    });
    return { fields: [field, told], read: () => letters().slice(0, question.room).join(""), left };
  }

  function leaveIfIdle() {
    if (shown.isBusy()) leaving = setTimeout(safely(leaveIfIdle), THANKS_STAY);
    else leave();
  }

  function leave() {
    keep();
    close();
    onGone();
  }

  function close() {
    clearTimeout(leaving);
    document.removeEventListener("visibilitychange", onHidden);
    shown.remove();
  }

  requestAnimationFrame(safely(() => askScore())); // a live region speaks of what changes after it is there
  return { close, keptBy, refused };
}

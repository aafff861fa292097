{
  // Saves an answer as it is typed. What could not be sent is kept on the device, and gone from it once it is.
  const KEPT = "hearback-unsent";
  const PAUSE = 900; // milliseconds without a key; twice as long after each save, because changes are limited
  const RETRY = 4000; // milliseconds; twice as long after each try in vain
  const LONGER = 4; // doublings at most
  const NEAR = 200; // characters before the end of the room, from where on those are told that are left
  const form = document.querySelector("form[data-saved]");
  const memory = {};

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || {};
    } catch {
      return { ...memory }; // a browser that keeps nothing, or not for us
    }
  };
  const write = (unsent) => {
    for (const token of Object.keys(memory)) delete memory[token];
    Object.assign(memory, unsent);
    try {
      if (Object.keys(unsent).length) localStorage.setItem(KEPT, JSON.stringify(unsent));
      else localStorage.removeItem(KEPT);
    } catch {}
  };
  const put = (token, { comment, answers }) => {
    const unsent = read();
    const before = unsent[token] || {};
    unsent[token] = { comment: comment ?? before.comment, answers: { ...before.answers, ...answers } };
    write(unsent);
  };
  const forget = (token, sent) => {
    const unsent = read();
    if (JSON.stringify(unsent[token]) !== sent) return; // more was said meanwhile
    delete unsent[token];
    write(unsent);
  };

  let busy = false;
  let again;
  let tries = 0;
  const flush = async () => {
    if (busy) return;
    busy = true;
    clearTimeout(again);
    let late = false;
    for (const [token, said] of Object.entries(read())) {
      const body = JSON.stringify(said);
      try {
        const headers = { "Content-Type": "application/json" };
        const { ok, status } = await fetch(`/v1/responses/${token}`, { method: "PATCH", headers, body, keepalive: true });
        const tryLater = status >= 500 || status === 429;
        late ||= tryLater;
        if (!tryLater) forget(token, body);
        tell(token, ok ? "saved" : tryLater ? "unsaved" : "refused");
      } catch {
        late = true;
        tell(token, "unsaved");
      }
    }
    busy = false;
    tries = late ? tries + 1 : 0;
    if (Object.keys(read()).length) again = setTimeout(flush, late ? RETRY * 2 ** Math.min(tries - 1, LONGER) : 0);
  };
  let tell = () => {};
  addEventListener("online", flush);

  if (form) {
    const token = form.action.split("/a/")[1].split("?")[0];
    const question = form.elements.question.value;
    const state = form.querySelector(".state");
    const field = form.querySelector("textarea");
    const room = form.querySelector(".room");
    let timer;
    let saves = 0;
    const letters = () => [...field.value.trim()]; // as the server counts them
    const left = () => (field ? field.dataset.room - letters().length : 0);
    const fitting = () => letters().slice(0, field.dataset.room).join("");
    const show = (word) => {
      state.textContent = form.dataset[word].replace("{count}", -left());
      state.dataset.word = word;
    };
    const count = () => {
      room.hidden = left() < 0 || left() >= NEAR; // what is over is told where "saved" is
      room.textContent = room.dataset.left.replace("{count}", left());
    };
    tell = (whose, word) => {
      if (whose !== token || timer || !state.dataset.used) return;
      show(word === "saved" && left() < 0 ? "over" : word);
    };
    const keep = (said) => {
      clearTimeout(timer);
      timer = undefined;
      put(token, question ? { answers: { [question]: said } } : { comment: said });
    };
    const save = (said) => {
      saves += 1;
      keep(said);
      flush();
    };
    form.addEventListener("input", ({ target, isTrusted }) => {
      if (!isTrusted || target.name !== "said") return; // a program fills in every field there is
      form.elements.skip.hidden = Boolean(target.value);
      state.dataset.used = "yes";
      show("saving");
      if (field) count();
      clearTimeout(timer);
      const pause = PAUSE * 2 ** Math.min(saves, LONGER);
      timer = field ? setTimeout(() => save(fitting()), pause) : save(target.value);
    });
    addEventListener("pagehide", () => timer && save(fitting()));
    // The form saves it too; this is for when the form does not arrive.
    form.addEventListener("submit", () => timer && keep(fitting()));
  }
  flush();
}

// Where it begins: what the page wants, when to ask, and the commands a page may give. docs/widget.md tells.

const script = document.currentScript;
const { survey, placement, target, after, scroll, pages, manual, theme, locale } = script.dataset;
const dimensions = {};
let identity = "";
let visitor = ""; // digestOf(identity)
let shown;
let asked; // what the server let us ask: whose answer it will be, and whether there is one
let asking = false;
let pageSeen;

/** Whatever happens in here, the page around it goes on. */
function safely(act) {
  const grumble = (error) => console.warn("hearback:", error);
  return (...given) => {
    try {
      const done = act(...given);
      done?.catch?.(grumble);
      return done;
    } catch (error) {
      grumble(error);
    }
  };
}

const commands = {
  show: () => ask(true),
  hide,
  identify: (signed) => {
    const before = visitor;
    identity = signed;
    visitor = digestOf(signed);
    if (asked?.answered && !asked.visitor && visitor !== before) throw new Error(TOO_LATE);
    if (shown) return ask();
  },
  dimensions: (values) => Object.assign(dimensions, values),
  page: () => pageSeen(),
};

function hide() {
  shown?.close();
  shown = undefined;
}

const TOO_LATE = "identified too late: the answer is stored without this person, who is not called back for it";

/** Ask whoever is here now. A card that is there already goes on in the name of who has been identified, or goes. */
async function ask(demanded) {
  if (asking || (shown && (asked.answered || asked.visitor === visitor))) return;
  asking = true;
  try {
    const before = shown;
    let found;
    do found = isQuiet(survey, visitor, Date.now()) ? { visitor } : await allowed();
    while (found.visitor !== visitor); // identified meanwhile
    if (shown !== before) return; // hidden or dismissed meanwhile
    if (shown && asked.answered) throw new Error(TOO_LATE);
    if (found.show) {
      asked = found;
      if (!shown) show();
    } else {
      hide();
      if (demanded === true) console.info("hearback: not shown, as this visitor was asked within the quiet period");
    }
  } finally {
    asking = false;
  }
}

const askKey = `hearback:ask:${survey}`;

/** What the server lets us ask, the same one all through a visit; `again` makes it this page's. */
async function allowed() {
  const whose = visitor;
  const wanted = { dimensions, locale: locale || document.documentElement.lang || navigator.language };
  const page = JSON.stringify(wanted);
  const kept = visit.read(askKey);
  if (kept?.visitor === visitor && !(Date.parse(kept.expires_at) < Date.now())) {
    if (kept.page === page) return kept;
    wanted.again = kept.token;
  }
  if (identity) wanted.identity = identity;
  const reply = await tell(api("tokens"), wanted).catch(() => {
    addEventListener("online", safely(ask), { once: true });
    throw new Error(`no answer: we are offline, or ${location.origin} is not among the survey's origins`);
  });
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.detail || found.message);
  Object.assign(found, { visitor: whose, page });
  visit.write(askKey, found);
  return found;
}

const api = (what) => new URL(`/v1/surveys/${survey}/${what}`, script.src).href;

function leaveAlone() {
  visit.remove(askKey);
  beQuiet(survey, asked.visitor, Date.now() + asked.ask.quiet_days * 864e5);
}

function show() {
  shown = card({
    ask: asked.ask,
    put: isInline && (target ? (made) => spot().append(made) : (made) => script.after(made)),
    side: placement === "corner-start" ? placement : "corner",
    dark: theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches,
    onAnswer(answer, last) {
      asked.answered = true;
      leaveAlone();
      const { response, token } = asked;
      safely(post)(response, { url: api("responses"), answer: { token, ...answer }, visitor: asked.visitor }, last);
    },
    onGone() {
      shown = undefined;
      if (!asked.answered) leaveAlone();
    },
  });
}

/** What became of an answer, which may be one that an earlier page could not send. */
function onSettled(response, isStored, said, whose) {
  const isAsked = asked?.response === response;
  if (isAsked && isStored) {
    asked.stored = true;
    shown?.keptBy(said.next_step);
  } else if (!isStored) {
    if (!isAsked || !asked.stored) beQuiet(response.split(".")[0], whose, 0); // who gave none may be asked again
    if (isAsked) shown?.refused();
  }
}

/** A card that is there is for nobody who has meanwhile answered in another tab, or on the page that Back led from. */
const hideIfQuiet = safely(() => {
  if (shown && !asked.answered && isQuiet(survey, visitor, Date.now())) hide();
});

const isInline = Boolean(target) || placement === "inline";

function spot() {
  const found = target ? document.querySelector(target) : script.parentNode;
  if (!found) throw new Error(`there is no ${target} on this page`);
  return found;
}

// --- when to ask: once all that the page named has come true -----------------------------------------------

const once = (happens) => new Promise((come) => happens(safely(come)));

const seconds = (count) => once((come) => setTimeout(come, count * 1000));

const scrolled = (percent) =>
  once((come) => {
    const look = () => {
      const { scrollHeight } = document.documentElement;
      if ((scrollY + innerHeight) * 100 >= scrollHeight * percent) come();
    };
    addEventListener("scroll", look, { passive: true });
    look();
  });

const pagesSeen = (count) =>
  once((come) => {
    pageSeen = () => {
      const seen = (visit.read("hearback:pages") || 0) + 1;
      visit.write("hearback:pages", seen);
      if (seen >= count) come();
    };
    pageSeen();
  });

const inView = () =>
  once((come) =>
    new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && come()).observe(spot()),
  );

const looking = () =>
  once((come) => {
    const look = () => document.hidden || come();
    document.addEventListener("visibilitychange", look);
    look();
  });

const loaded = () =>
  once((come) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", come) : come()));

async function askInTime() {
  const seen = pagesSeen(pages || 0);
  await loaded();
  if (manual !== undefined) return;
  const isAnyGiven = after || scroll || pages || isInline;
  await Promise.all([seen, after || !isAnyGiven ? seconds(after || 5) : 0, scroll && scrolled(scroll)]);
  if (isInline) await inView();
  await looking();
  await ask();
}

function start() {
  if (!survey) throw new Error('the script needs data-survey="…"');
  for (const { name, value } of script.attributes)
    if (name.startsWith("data-dimension-")) dimensions[name.slice(15)] = value;
  const waiting = window.hearback?.q || [];
  window.hearback = safely((name, ...given) => {
    if (!Object.hasOwn(commands, name)) throw new Error(`"${name}" is none of: ${Object.keys(commands).join(", ")}`);
    safely(commands[name])(...given);
  });
  window.hearback.survey = survey;
  for (const command of waiting) window.hearback(...command);
  addEventListener("online", safely(flush));
  addEventListener("storage", hideIfQuiet);
  addEventListener("pageshow", hideIfQuiet);
  flush();
  safely(askInTime)();
}

if (!window.hearback?.survey) safely(start)(); // a page that inserts the script twice asks once

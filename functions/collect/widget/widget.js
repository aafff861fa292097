// Where it begins: what the page wants, when to ask, and the commands a page may give. docs/widget.md tells.

const script = document.currentScript;
const { survey, placement, target, after, scroll, pages, manual, theme, locale } = script.dataset;
const dimensions = {};
let identity = "";
let visitor = ""; // digestOf(identity)
let shown;
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
  hide: () => {
    shown?.close();
    shown = undefined;
  },
  identify: (signed) => {
    identity = signed;
    visitor = digestOf(signed);
  },
  dimensions: (values) => Object.assign(dimensions, values),
  page: () => pageSeen(),
};

async function ask(demanded) {
  if (shown || asking) return;
  asking = true;
  try {
    const found = isQuiet(survey, visitor, Date.now()) ? { show: false } : await allowed();
    if (found.show) show(found);
    else if (demanded === true) console.info("hearback: not shown, as this visitor was asked within the quiet period");
  } finally {
    asking = false;
  }
}

const askKey = `hearback:ask:${survey}`;

/** What the server lets us ask, the same one all through a visit. */
async function allowed() {
  const kept = visit.read(askKey);
  if (kept?.visitor === visitor && !(Date.parse(kept.expires_at) < Date.now())) return kept;
  const wanted = { dimensions, locale: locale || document.documentElement.lang || navigator.language };
  if (identity) wanted.identity = identity;
  const reply = await tell(api("tokens"), wanted).catch(() => {
    addEventListener("online", safely(ask), { once: true });
    throw new Error(`no answer: we are offline, or ${location.origin} is not among the survey's origins`);
  });
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.detail || found.message);
  visit.write(askKey, { ...found, visitor });
  return found;
}

const api = (what) => new URL(`/v1/surveys/${survey}/${what}`, script.src).href;

function show(found) {
  const leaveAlone = () => {
    visit.remove(askKey);
    beQuiet(survey, visitor, Date.now() + found.ask.quiet_days * 864e5);
  };
  onStored = ({ response, next_step: step }) => response === found.response && shown?.offer(step);
  shown = card({
    ask: found.ask,
    put: isInline && (target ? (made) => spot().append(made) : (made) => script.after(made)),
    side: placement === "corner-start" ? placement : "corner",
    dark: theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches,
    onAnswer(answer, last) {
      leaveAlone();
      safely(post)(found.response, api("responses"), { token: found.token, ...answer }, last);
    },
    onGone(answered) {
      shown = undefined;
      if (!answered) leaveAlone();
    },
  });
}

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
  flush();
  safely(askInTime)();
}

if (!window.hearback?.survey) safely(start)(); // a page that inserts the script twice asks once

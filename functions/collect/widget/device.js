// What the widget keeps on the device, and why each:
//   localStorage  hearback:quiet:SURVEY   until when not to ask again, after an answer or a dismissal
//                 hearback:send:RESPONSE  an answer that has not arrived yet
//   sessionStorage hearback:pages         how many pages this visit has seen
//                 hearback:ask:SURVEY     the question asked in this visit, so that the next page asks the same one

/** A storage that a browser may forbid or have filled: then things last as long as the page. */
function storage(kind) {
  const page = {};
  const attempt = (act, otherwise) => {
    try {
      return act(window[kind]);
    } catch {
      return otherwise();
    }
  };
  return {
    read: (key) => page[key] ?? attempt((kept) => JSON.parse(kept.getItem(key)), () => null),
    write: (key, value) => {
      delete page[key];
      attempt((kept) => kept.setItem(key, JSON.stringify(value)), () => (page[key] = value));
    },
    remove: (key) => {
      delete page[key];
      attempt((kept) => kept.removeItem(key), () => null);
    },
    keys: () => [...Object.keys(page), ...attempt((kept) => Object.keys(kept), () => [])],
  };
}

const device = storage("localStorage");
const visit = storage("sessionStorage");

/** Whom a signed identity names, as a number that tells visitors of one device apart and names nobody. */
function digestOf(identity) {
  if (!identity) return "";
  let digest;
  try {
    const { sub, email } = JSON.parse(atob(identity.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    digest = 7;
    for (const letter of sub || email) digest = (digest * 31 + letter.charCodeAt()) | 0;
  } catch {
    digest = "?"; // the server refuses it in words that help
  }
  return digest;
}

/** Whether a visitor is left alone now. Whoever answered before signing in is the same person afterwards. */
function isQuiet(survey, visitor, now) {
  const until = device.read(`hearback:quiet:${survey}`) || {};
  const whose = visitor ? [visitor, ""] : Object.keys(until);
  return whose.some((each) => until[each] > now);
}

function beQuiet(survey, visitor, until) {
  const key = `hearback:quiet:${survey}`;
  device.write(key, { ...device.read(key), [visitor]: until });
}

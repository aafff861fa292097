// Answers on their way. Each is kept on the device as one whole until the server has it, so that neither a
// tunnel nor a closed tab loses it: the next page that has the widget sends it. Its token names the response,
// so an answer sent twice is counted once.

const UNSENT = "hearback:send:";
const onTheWay = new Set();
let pause = 2000; // milliseconds until the next try, doubled up to a minute
let nextTry;

/**
 * Keep an answer and send it: {url, answer, visitor}, whom it makes quiet. `last`: the page is going away, so it cannot
 * wait for one that is on the way.
 */
function post(response, unsent, last) {
  device.write(UNSENT + response, unsent);
  return send(UNSENT + response, last);
}

async function send(key, last) {
  const kept = device.read(key);
  if (!kept || (onTheWay.has(key) && !last)) return;
  onTheWay.add(key);
  const reply = await tell(kept.url, kept.answer).catch(() => ({ status: 503 }));
  onTheWay.delete(key);
  if (!isFinal(reply)) {
    clearTimeout(nextTry);
    nextTry = setTimeout(safely(flush), pause);
    pause = Math.min(pause * 2, 60000);
  } else if (JSON.stringify(device.read(key)) === JSON.stringify(kept)) {
    pause = 2000;
    device.remove(key);
    const said = await reply.json().catch(() => ({}));
    if (!reply.ok) console.warn("hearback: an answer was refused for good:", said.detail || said.message || reply.status);
    onSettled(key.slice(UNSENT.length), reply.ok, said, kept.visitor);
  } else {
    await send(key); // more was said meanwhile
  }
}

function flush() {
  for (const key of device.keys()) if (key.startsWith(UNSENT)) safely(send)(key);
}

/** What is refused for good would be refused again. */
const isFinal = ({ ok, status }) => ok || (status < 500 && status !== 408 && status !== 429);

/** `keepalive` lets it arrive though its page is closed meanwhile. */
function tell(url, body) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    keepalive: true,
  });
}

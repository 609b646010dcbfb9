/* Talking to the server. What comes back is either the answer or an Outcome that says what went wrong. */
Field.server = (function () {
  "use strict";

  /* Milliseconds after which an answer is no longer waited for. */
  const PATIENCE = 60000;

  /* kind: "cut" (no network, or broken off), "signin", "conflict", "refused", "unknown" (404), "fault". */
  class Outcome extends Error {
    constructor(kind, data) {
      super(kind);
      this.kind = kind;
      this.data = data || {};
    }
  }

  function token() {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  async function ask(address, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(address, Object.assign({ credentials: "same-origin", cache: "no-store", signal: stop.signal }, options));
      const isJson = (answer.headers.get("Content-Type") || "").includes("json");
      return { status: answer.status, redirected: answer.redirected, data: isJson ? await answer.json() : null };
    } catch (error) {
      throw new Outcome("cut");
    } finally {
      clearTimeout(timer);
    }
  }

  function judged(answer) {
    if (answer.status === 401 || answer.redirected) throw new Outcome("signin");
    if (answer.status === 404) throw new Outcome("unknown");
    if (answer.status === 409 && answer.data) throw new Outcome("conflict", answer.data);
    if (answer.status === 422 && answer.data) throw new Outcome("refused", answer.data);
    if (answer.status !== 200 || !answer.data) throw new Outcome("fault");
    return answer.data;
  }

  async function put(address, type, body) {
    /* Whose visit it is: another person may have signed in on this device meanwhile, in another window. */
    const me = Field.store.person();
    const person = me ? { "X-Field-Person": String(me.id) } : {};
    const options = () => ({ method: "PUT", body: body, headers: Object.assign({ "Content-Type": type, "X-CSRFToken": token() }, person) });
    let answer = await ask(address, options());
    if (answer.status === 403) {
      /* The token was renewed at sign-in: asking for the data brings the present one. */
      await pack();
      answer = await ask(address, options());
    }
    return judged(answer);
  }

  async function pack() {
    return judged(await ask(Field.addresses.pack, { method: "GET" }));
  }

  function sendRecord(uid, text) {
    return put(`${Field.addresses.visits}visits/${uid}/`, "application/json", text);
  }

  function sendPhoto(uid, photo, bytes) {
    return put(`${Field.addresses.visits}visits/${uid}/photos/${photo}/`, "application/octet-stream", bytes);
  }

  return { pack, sendRecord, sendPhoto };
})();

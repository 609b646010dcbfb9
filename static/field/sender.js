/* Sending: the record first, then its photos one by one. Whatever is cut off goes on where it stopped. */
Field.sender = (function () {
  "use strict";

  const { say } = Field;
  /* Milliseconds between two tries while something waits. */
  const AGAIN = 20000;
  let running = false;
  let onceMore = false;
  let timer = null;
  let told = () => {};

  /* The visit as it is sent; made once, so that sent again it is the same. */
  function recordOf(draft) {
    const [kind, id] = draft.place.split(":");
    return {
      group: draft.group,
      site: kind === "site" ? Number(id) : null,
      unit: kind === "unit" ? Number(id) : null,
      planned: draft.planned,
      visited_on: draft.visited_on,
      present: draft.present,
      checklist: draft.checklist ? draft.checklist.code : "",
      answers: draft.answers,
      summary: draft.summary,
      position: draft.position,
      kept_at: new Date().toISOString(),
      photos: draft.photos.map((row) => ({ uid: row.uid, sha256: row.sha256, size: row.size, note: row.note, taken_at: row.taken_at, position: row.keep_position ? row.position : null })),
      findings: draft.findings.map((row) => ({ uid: row.uid, kind: row.kind, severity: row.severity, text: row.text, remedy: row.remedy, owner: row.owner || null, due_on: null })),
    };
  }

  /* The person is done with a visit: it goes out now, or as soon as there is a network. */
  async function release(draft) {
    draft.record = JSON.stringify(recordOf(draft));
    draft.state = "waiting";
    draft.words = "";
    const kept = await Field.store.keep(draft);
    if (kept) start();
    return kept;
  }

  /* Send everything that waits, unless this or another window does so already. */
  async function start() {
    if (running) { onceMore = true; return; }
    running = true;
    onceMore = false;
    clearTimeout(timer);
    try {
      if (navigator.locks) await navigator.locks.request("field-sending", { ifAvailable: true }, (lock) => (lock ? sendAll() : null));
      else await sendAll();
    } finally {
      running = false;
      const waits = (await Field.store.drafts()).some((row) => isWaiting(row));
      if (waits) timer = setTimeout(start, onceMore ? 0 : AGAIN);
    }
  }

  function isWaiting(draft) {
    return draft.state === "waiting" || draft.state === "sending";
  }

  async function sendAll() {
    if (!navigator.onLine) return;
    for (const row of await Field.store.drafts()) {
      if (isWaiting(row) && !(await send(row))) return;
    }
  }

  /* Whether it is worth going on with the next visit. */
  async function send(draft) {
    try {
      await become(draft, { state: "sending", total: draft.photos.length + 1 });
      let answer = await Field.server.sendRecord(draft.uid, draft.record);
      await become(draft, { accepted: true, sent: draft.total - answer.missing.length, url: answer.url });
      for (const uid of answer.missing.slice()) {
        const photo = await Field.store.photo(uid);
        if (!photo) throw Object.assign(new Error("lost"), { kind: "lost" });
        answer = await Field.server.sendPhoto(draft.uid, uid, photo.bytes);
        await become(draft, { sent: draft.total - answer.missing.length, similar: (draft.similar || []).concat(answer.similar) });
      }
      await become(draft, { state: "sent", sent_at: new Date().toISOString(), record: "" });
      await Field.store.dropPhotos(draft.uid);
      return true;
    } catch (error) {
      if (!error.kind) throw error;
      return await failed(draft, error);
    }
  }

  async function failed(draft, error) {
    const outcomes = {
      cut: { state: "waiting", words: draft.accepted ? say("cut") : "" },
      fault: { state: "waiting", words: say("no_answer") },
      signin: { state: "signin", words: say("session_over") },
      conflict: { state: "conflict", kept: error.data.kept, words: "" },
      refused: { state: "refused", words: error.data.words },
      unknown: { state: "refused", words: say("not_found") },
      lost: { state: "refused", words: say("photo_lost") },
    };
    await become(draft, outcomes[error.kind]);
    /* Without network or session the next visit would fare no better. */
    return !["cut", "fault", "signin"].includes(error.kind);
  }

  async function become(draft, changes) {
    Object.assign(draft, changes);
    await Field.store.keep(draft);
    told(draft);
  }

  /* Visits that waited for somebody to sign in wait for the network again. */
  async function afterSignIn() {
    for (const row of await Field.store.drafts()) {
      if (row.state === "signin") await become(row, { state: "waiting", words: "" });
    }
  }

  function onChange(act) {
    told = act;
  }

  return { release, start, afterSignIn, onChange };
})();

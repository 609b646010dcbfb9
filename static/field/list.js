/* The visits on this device, each with a word on where it stands, and the comparison of two versions of one. */
Field.list = (function () {
  "use strict";

  const { announce, el, part, say } = Field;

  function state(draft) {
    if (draft.state === "sending") return say("state_sending", draft.sent, draft.total);
    return say(`state_${draft.state}`);
  }

  async function show() {
    const drafts = await Field.store.drafts();
    const rows = document.getElementById("rows");
    const focused = document.activeElement && document.activeElement.dataset.row;
    rows.textContent = "";
    drafts.forEach((draft) => rows.append(row(draft)));
    document.getElementById("no-rows").hidden = drafts.length > 0;
    const again = focused && rows.querySelector(`[data-row="${focused}"]`);
    if (again) again.focus();
  }

  function row(draft) {
    const facts = [Field.date(draft.visited_on), say("photos_n", draft.photos.length), say("findings_n", draft.findings.length)].join(" · ");
    return el("li", { class: "sheet", "data-visit": draft.uid, "data-state": draft.state },
      el("div", { class: "field-row-head" }, el("strong", { text: draft.place_name || say("no_place") }), el("span", { class: `state state-${draft.state}`, text: state(draft) })),
      el("p", { class: "detail", text: facts }),
      draft.words && el("p", { class: draft.state === "refused" ? "text-danger" : "detail", text: draft.words }),
      ...(draft.similar || []).map((found) => el("p", { class: "field-similar" }, say("similar", ""), el("a", { href: found.url, text: found.visit }))),
      el("div", { class: "field-tools" }, ...tools(draft)));
  }

  function tools(draft) {
    const primary = "btn btn-sm btn-primary";
    const plain = "btn btn-sm btn-outline-secondary";
    const made = [];
    const add = (name, look, text, act) => made.push(el("button", { type: "button", class: look, "data-row": `${name}-${draft.uid}`, text: text, on: { click: act } }));
    if (draft.state === "waiting") add("send", primary, say("send"), () => Field.sender.start());
    if (draft.state === "draft") add("edit", primary, say("edit"), () => edit(draft));
    else if (["waiting", "refused"].includes(draft.state) && !draft.accepted) add("edit", plain, say("edit"), () => edit(draft));
    if (draft.state === "signin") made.push(el("a", { class: primary, href: Field.addresses.sign_in, text: say("sign_in") }));
    if (draft.state === "conflict") add("compare", primary, say("resolve"), () => { location.hash = `compare/${draft.uid}`; });
    if (draft.url && draft.state === "sent") made.push(el("a", { class: plain, href: draft.url, text: say("open_sent") }));
    if (draft.state === "sent") add("drop", "btn btn-sm btn-link", say("delete_sent"), () => drop(draft));
    else if (["draft", "refused"].includes(draft.state)) add("drop", "btn btn-sm btn-link text-danger", say("delete"), () => drop(draft));
    return made;
  }

  async function edit(draft) {
    const fresh = await Field.store.draft(draft.uid);
    fresh.state = "draft";
    fresh.words = "";
    if (await Field.store.keep(fresh)) location.hash = `visit/${draft.uid}`;
    else show();
  }

  async function drop(draft) {
    if (draft.state !== "sent" && !window.confirm(say("delete_sure"))) return;
    await Field.store.drop(draft.uid);
    await show();
    document.getElementById("list-head").focus();
  }

  /* The visits of the plan that come next, each one tap from its form. */
  function plan(pack, begin) {
    const box = document.getElementById("plan");
    const rows = document.getElementById("plan-rows");
    const next = pack ? pack.planned.slice(0, 5) : [];
    rows.textContent = "";
    next.forEach((planned) => rows.append(el("li", {},
      el("span", {}, el("strong", { text: planned.place }), el("span", { class: "detail", text: Field.places.days(planned) })),
      el("button", { type: "button", class: "btn btn-sm btn-outline-secondary", "data-planned": planned.id, text: say("record"), "aria-label": say("record_of", planned.place), on: { click: () => begin(planned) } }))));
    box.hidden = !next.length;
  }

  /* --- two versions ----------------------------------------------------------------------------------------- */

  async function compare(uid) {
    const draft = await Field.store.draft(uid);
    if (!draft || draft.state !== "conflict") return false;
    const section = document.getElementById("compare");
    section.textContent = "";
    section.append(document.getElementById("compare-form").content.cloneNode(true));
    const mine = { place: draft.place_name, visited_on: draft.visited_on, present: draft.present, summary: draft.summary, checklist: draft.checklist ? draft.checklist.title : "", answers: Object.keys(draft.answers).length, photos: draft.photos.length, findings: draft.findings.map((row) => row.text) };
    version(section, part(section, "kept"), draft.kept, mine);
    version(section, part(section, "mine"), mine, draft.kept);
    part(section, "kept").after(el("p", { class: "detail mt-2", text: say("received", Field.time(draft.kept.received_at)) }));
    section.querySelectorAll("[data-do=back]").forEach((button) => button.addEventListener("click", () => { location.hash = ""; }));
    section.querySelector("[data-do=keep]").addEventListener("click", () => keepTheirs(draft));
    section.querySelector("[data-do=anew]").addEventListener("click", () => sendAnew(draft));
    return true;
  }

  function version(section, list, one, other) {
    part(section, "labels").querySelectorAll("[data-label]").forEach((label) => {
      const name = label.dataset.label;
      const text = (row) => (name === "visited_on" ? Field.date(row[name]) : [].concat(row[name]).join("; "));
      list.append(el("dt", { text: label.textContent }), el("dd", { class: text(one) === text(other) ? "" : "field-differs", text: text(one) || "–" }));
    });
  }

  async function keepTheirs(draft) {
    await Field.store.drop(draft.uid);
    location.hash = "";
    announce(say("kept_theirs"));
  }

  async function sendAnew(draft) {
    const copy = await Field.store.anew(Object.assign(draft, { accepted: false, kept: null, similar: [] }));
    await Field.sender.release(copy);
    location.hash = "";
  }

  return { show, plan, compare };
})();

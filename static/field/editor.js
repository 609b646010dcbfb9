/* The form of one visit. Every keystroke is kept on the device at once. */
Field.editor = (function () {
  "use strict";

  const { announce, el, fill, option, part, say } = Field;
  let draft = null;
  let pack = null;
  let form = null;
  let keeping = Promise.resolve();

  function blank(pack) {
    const person = Field.store.person();
    return {
      uid: Field.uid(), person: person.id, revision: 0, state: "draft", group: null, place: "", place_name: "", planned: null,
      visited_on: Field.day(daysMoved(pack)), present: "", checklist: null, answers: {}, summary: "", position: null,
      photos: [], findings: [], accepted: false, sent: 0, words: "",
    };
  }

  /* By how many days the server's day differed from the device's when the data was fetched: a demonstration plays
   * another year. */
  function daysMoved(pack) {
    return pack ? Math.round((Date.parse(pack.today) - Date.parse(pack.fetched_on)) / 86400000) : 0;
  }

  async function open(uid) {
    draft = await Field.store.draft(uid);
    pack = await Field.store.pack();
    if (!draft || draft.state !== "draft") return false;
    const section = document.getElementById("edit");
    section.textContent = "";
    section.append(document.getElementById("edit-form").content.cloneNode(true));
    form = section.querySelector("form");
    form.addEventListener("submit", (event) => event.preventDefault());
    fillIn();
    listen();
    return true;
  }

  function fillIn() {
    ["visited_on", "present", "summary"].forEach((name) => { form.elements[name].value = draft[name]; });
    Field.places.offer(form.elements.place, pack, "", draft);
    showPlace();
    showPosition();
    showFindings();
    showPhotos();
  }

  function listen() {
    ["visited_on", "present", "summary"].forEach((name) => form.elements[name].addEventListener("input", () => { draft[name] = form.elements[name].value; keep(); }));
    form.elements.place.addEventListener("change", () => { choosePlace(form.elements.place.value); keep(); });
    form.elements.checklist.addEventListener("change", () => { chooseChecklist(form.elements.checklist.value); keep(); });
    part(form, "search").addEventListener("input", (event) => Field.places.offer(form.elements.place, pack, event.target.value, draft));
    form.querySelectorAll("[data-pick]").forEach((field) => field.addEventListener("change", () => addPhotos(field)));
    form.addEventListener("click", (event) => {
      const act = event.target.dataset && { back: back, send: send, locate: locate, unlocate: unlocate, "add-finding": addFinding }[event.target.dataset.do];
      if (act) act();
    });
  }

  /* One write after the other, each of the present state. */
  function keep() {
    keeping = keeping.then(async () => {
      if (!draft) return;
      try {
        if (await Field.store.keep(draft)) part(form, "kept").textContent = say("kept", Field.time(draft.changed));
        else { const uid = draft.uid; if (await open(uid)) announce(say("changed_elsewhere")); else back(); }
      } catch (error) {
        wrong([say("not_kept")]);
      }
    });
    return keeping;
  }

  /* --- place and checklist ---------------------------------------------------------------------------------- */

  function choosePlace(key) {
    const place = Field.places.find(pack, key);
    draft.place = key;
    draft.place_name = place ? place.name : "";
    draft.group = place ? place.group : null;
    const planned = place && Field.places.plannedFor(pack, place);
    draft.planned = planned ? planned.id : null;
    const lists = place ? Field.places.checklists(pack, place) : [];
    if (!draft.checklist || !lists.some((list) => list.code === draft.checklist.code)) { draft.checklist = lists[0] || null; draft.answers = {}; }
    showPlace();
    showFindings();
  }

  function chooseChecklist(code) {
    const place = Field.places.find(pack, draft.place);
    draft.checklist = (place ? Field.places.checklists(pack, place) : []).find((list) => list.code === code) || null;
    draft.answers = {};
    showItems();
  }

  function showPlace() {
    const place = Field.places.find(pack, draft.place);
    Field.places.known(part(form, "known"), pack, place);
    const lists = place ? Field.places.checklists(pack, place) : [];
    if (draft.checklist && !lists.some((list) => list.code === draft.checklist.code)) lists.push(draft.checklist);
    fill(form.elements.checklist, [option("", say("no_checklist")), ...lists.map((list) => option(list.code, list.title))], draft.checklist ? draft.checklist.code : "");
    showItems();
  }

  function showItems() {
    const box = part(form, "items");
    box.textContent = "";
    (draft.checklist ? draft.checklist.items : []).forEach((item) => box.append(question(item)));
  }

  function question(item) {
    const answer = (name) => (draft.answers[item.code] || {})[name] || "";
    const set = (name, value) => {
      const row = Object.assign({ answer: "", note: "" }, draft.answers[item.code], { [name]: value });
      draft.answers[item.code] = row;
      note.hidden = !row.answer && !row.note;
      keep();
    };
    const note = el("input", { class: "form-control form-control-sm", maxlength: 500, value: answer("note"), hidden: !answer("answer") && !answer("note"), placeholder: say("note"), "aria-label": say("note_on", item.text), on: { input: () => set("note", note.value) } });
    const choices = item.kind === "yes_no" ? [["yes", say("yes")], ["no", say("no")], ["na", say("na")]] : item.choices.map((choice) => [choice, choice]);
    if (item.kind === "yes_no" || item.kind === "choice") {
      return el("fieldset", { class: "field-item" }, el("legend", { text: item.text }),
        el("div", { class: "field-choices" }, ...choices.map(([value, text]) => radio(item, value, text, answer("answer") === value, set))), note);
    }
    const id = `item-${item.code}`;
    const number = item.kind === "number";
    const entry = el(number ? "input" : "textarea", { id: id, class: "form-control", maxlength: 1000, type: number ? "number" : null, min: number ? 0 : null, step: number ? "any" : null, inputmode: number ? "decimal" : null, rows: number ? null : 2, on: { input: () => set("answer", entry.value) } });
    entry.value = answer("answer");
    return el("div", { class: "field-item" }, el("label", { for: id, text: item.text }), entry, number && note);
  }

  /* Chosen once more it is taken back: an item may stay open. */
  function radio(item, value, text, chosen, set) {
    const field = el("input", { type: "radio", class: "form-check-input", name: `item-${item.code}`, value: value, checked: chosen });
    let was = chosen;
    field.addEventListener("click", () => { if (was) field.checked = false; set("answer", field.checked ? value : ""); was = field.checked; });
    field.addEventListener("change", () => { if (field.checked) was = false; });
    return el("label", { class: "yes-no-choice" }, field, text);
  }

  /* --- position, findings, photos --------------------------------------------------------------------------- */

  async function locate() {
    announce(say("place_searching"));
    const found = await Field.places.locate();
    if (found && draft) { draft.position = found; keep(); showPosition(); }
    announce(found ? say("place_found", found.accuracy) : say("place_failed"));
  }

  function unlocate() {
    draft.position = null;
    keep();
    showPosition();
  }

  function showPosition() {
    const place = draft.position;
    part(form, "position").textContent = place ? `${place.latitude}, ${place.longitude} (± ${place.accuracy} m)` : "";
    form.querySelector("[data-do=unlocate]").hidden = !place;
  }

  function addFinding() {
    draft.findings.push(Field.findings.blank());
    keep();
    showFindings();
    announce(say("finding_added", draft.findings.length));
    part(form, "findings").lastElementChild.querySelector("select").focus();
  }

  function showFindings() {
    Field.findings.show(part(form, "findings"), draft, pack, keep, (row) => {
      draft.findings = draft.findings.filter((one) => one !== row);
      keep();
      showFindings();
      form.querySelector("[data-do=add-finding]").focus();
    });
  }

  async function addPhotos(field) {
    const files = Array.from(field.files);
    const words = [];
    field.value = "";
    await keep();
    for (const file of files) {
      if (draft.photos.length >= Field.photos.MOST) { words.push(say("photos_most", Field.photos.MOST)); break; }
      try { await Field.photos.add(draft, file); } catch (error) { words.push(error.message); }
    }
    wrong(words);
    await showPhotos();
    announce(say("photos_n", draft.photos.length));
  }

  function showPhotos() {
    return Field.photos.show(part(form, "photos"), draft, keep, async (row) => {
      draft.photos = draft.photos.filter((one) => one !== row);
      await keep();
      await Field.store.dropPhoto(row.uid);
      await showPhotos();
      form.querySelector("[data-pick]").focus();
    });
  }

  /* --- leaving ---------------------------------------------------------------------------------------------- */

  function missing() {
    const words = [];
    if (!draft.place) words.push(say("need_place"));
    if (!draft.visited_on) words.push(say("need_date"));
    else if (draft.visited_on > Field.day(daysMoved(pack))) words.push(say("late_date"));
    const finding = Field.findings.incomplete(draft);
    if (finding) words.push(say("need_finding", finding));
    return words;
  }

  function wrong(words) {
    const box = part(form, "wrong");
    box.textContent = words.join(" ");
    box.hidden = !words.length;
    if (words.length) box.scrollIntoView({ block: "center" });
  }

  async function send() {
    const words = missing();
    wrong(words);
    if (words.length) return;
    await keep();
    if (!(await Field.sender.release(draft))) { await keep(); return; }
    announce(navigator.onLine ? "" : say("will_send"));
    back();
  }

  function back() {
    location.hash = "";
  }

  async function close() {
    await keeping;
    draft = null;
    Field.photos.hide();
    document.getElementById("edit").textContent = "";
  }

  return { blank, daysMoved, open, close };
})();

/* The findings of a visit in its form. */
Field.findings = (function () {
  "use strict";

  const { fill, option, say } = Field;

  function blank() {
    return { uid: Field.uid(), kind: "", severity: "", text: "", remedy: "", owner: null };
  }

  /* Show all findings of a visit. `changed()` keeps the visit, `removed(finding)` takes one out. */
  function show(place, draft, pack, changed, removed) {
    place.textContent = "";
    draft.findings.forEach((row, index) => place.append(form(row, index + 1, draft, pack, changed, removed)));
  }

  function form(row, number, draft, pack, changed, removed) {
    const box = document.getElementById("finding-form").content.cloneNode(true).firstElementChild;
    const group = pack && pack.groups.find((one) => one.id === draft.group);
    const severities = group ? group.severities : [];
    box.dataset.finding = row.uid;
    box.querySelector("legend").textContent = say("finding", number);
    fill(box.querySelector("[name=kind]"), [option("", say("choose")), ...(pack ? pack.kinds : []).map((kind) => option(kind.code, kind.name))], row.kind);
    fill(box.querySelector("[name=severity]"), [option("", say("choose")), ...severities.map((one) => option(one.code, say("working_days", one.name, one.days)))], row.severity);
    fill(box.querySelector("[name=owner]"), owners(draft, pack), row.owner || "");
    ["text", "remedy"].forEach((name) => { box.querySelector(`[name=${name}]`).value = row[name]; });
    ["kind", "severity", "text", "remedy", "owner"].forEach((name) => {
      const field = box.querySelector(`[name=${name}]`);
      field.id = `${name}-${row.uid}`;
      box.querySelector(`[data-for=${name}]`).htmlFor = field.id;
      field.addEventListener("input", () => { row[name] = name === "owner" ? Number(field.value) || null : field.value; changed(); });
    });
    const remove = box.querySelector("[data-do=remove-finding]");
    remove.textContent = say("finding_remove", number);
    remove.addEventListener("click", () => removed(row));
    return box;
  }

  /* Who puts it right: the county or park, or the unit that was visited. */
  function owners(draft, pack) {
    const place = Field.places.find(pack, draft.place);
    const choices = [option("", say("owner_area"))];
    if (place && place.unit !== place.area) choices.push(option(place.unit, say("owner_unit")));
    return choices;
  }

  /* The number of the first finding that lacks something, or 0. */
  function incomplete(draft) {
    return draft.findings.findIndex((row) => !row.kind || !row.severity || !row.text.trim()) + 1;
  }

  return { blank, show, incomplete };
})();

/* Where a visit was: the choice of sites and units, what is known of them, and the optional position. */
Field.places = (function () {
  "use strict";

  const { el, option, say } = Field;

  /* All places of the pack: {key, name, group, area, unit, category, kind}. */
  function all(pack) {
    if (!pack) return [];
    const areas = {};
    pack.units.forEach((unit) => { if (unit.id === unit.area) areas[unit.id] = unit.name; });
    const sites = pack.sites.map((site) => ({
      key: `site:${site.id}`, name: site.name, detail: `${areas[site.area] || ""} · ${site.kind}`,
      group: site.group, area: site.area, unit: site.unit, category: site.category, kind: "site",
    }));
    const units = pack.units.map((unit) => ({
      key: `unit:${unit.id}`, name: unit.name, detail: unit.id === unit.area ? "" : areas[unit.area] || "",
      group: unit.group, area: unit.area, unit: unit.id, category: null, kind: "unit",
    }));
    return sites.concat(units);
  }

  function find(pack, key) {
    return all(pack).find((place) => place.key === key) || null;
  }

  function label(place) {
    return place.detail ? `${place.name} (${place.detail})` : place.name;
  }

  /* Fill the choice with the places that fit what is searched for; the chosen one stays in any case. */
  function offer(select, pack, searched, draft) {
    const words = searched.trim().toLowerCase();
    const fitting = all(pack).filter((place) => place.key === draft.place || !words || label(place).toLowerCase().includes(words));
    const options = [option("", say("choose")), ...fitting.map((place) => option(place.key, label(place)))];
    if (draft.place && !fitting.some((place) => place.key === draft.place)) options.push(option(draft.place, draft.place_name));
    Field.fill(select, options, draft.place);
  }

  /* What is known of a place: its visit of the plan and its open findings. */
  function known(box, pack, place) {
    box.textContent = "";
    const planned = place && plannedFor(pack, place);
    const open = place ? pack.findings.filter((row) => (place.kind === "site" ? `site:${row.site}` === place.key : !row.site && row.unit === place.unit)) : [];
    if (planned) box.append(el("p", { class: "mb-1", text: days(planned) }));
    if (open.length) {
      box.append(el("p", { class: "mb-1", text: say("open_findings", open.length) }),
        el("ul", { class: "mb-0" }, ...open.map((row) => el("li", { text: `${row.number} ${row.text} (${row.severity}, ${say("due", Field.date(row.due))}, ${row.state})` }))));
    }
    box.hidden = !planned && !open.length;
  }

  /* When and what for a visit is planned. */
  function days(planned) {
    const first = Field.date(planned.from);
    const words = planned.from === planned.to ? say("plan_day", first) : say("plan_days", first, Field.date(planned.to));
    return `${words} ${planned.purpose}`;
  }

  function plannedFor(pack, place) {
    return pack.planned.find((row) => (row.site ? `site:${row.site}` : `unit:${row.unit}`) === place.key) || null;
  }

  function checklists(pack, place) {
    const group = pack.groups.find((row) => row.id === place.group);
    return (group ? group.checklists : []).filter((list) => list.for === place.kind && (!list.categories || place.kind === "unit" || list.categories.includes(place.category)));
  }

  /* Ask the device where it is; only ever after a tap. */
  function locate() {
    return new Promise((done) => {
      if (!navigator.geolocation) { done(null); return; }
      navigator.geolocation.getCurrentPosition(
        (found) => done({ latitude: round(found.coords.latitude), longitude: round(found.coords.longitude), accuracy: Math.round(found.coords.accuracy) }),
        () => done(null), { enableHighAccuracy: true, timeout: 20000 });
    });
  }

  function round(degrees) {
    return Math.round(degrees * 1e6) / 1e6;
  }

  return { find, offer, known, days, plannedFor, checklists, locate };
})();
